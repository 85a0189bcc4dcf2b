import { describe, expect, it } from 'vitest'
import { AccountConfig, DEFAULT_BUDGETS, newId, newPostId, type ReplyRules } from '@surepost/shared/contracts'
import type { AppliedFact, OpenMention } from '@surepost/shared/database'
import { fact, instant, newPlatformId } from '../support/facts.ts'
import { testDatabase } from '../support/persister-database.ts'

const { database, sql, apply } = await testDatabase()

const configured = (account: string, rules?: Partial<ReplyRules>, label?: 'alert'): AppliedFact => {
  const replies = { enabled: true, approval: 'auto', voice: 'kind', harvestEverySeconds: 300, rules, label }
  const config = AccountConfig.parse({ id: account, platform: 'x', handle: account, budgets: DEFAULT_BUDGETS, replies })
  return fact('account.configured', { config }, label === undefined ? -3_600_000 : -1_800_000)
}
const seen = (author: string, more: { account?: string; id?: string; ago?: number } = {}) => {
  const id = more.id ?? newPlatformId()
  const mention = {
    platformId: id,
    author,
    text: `hello ${id}`,
    inReplyTo: null,
    createdAt: instant(-(more.ago ?? 60_000)),
    url: 'https://x.com/bob/status/1',
    conversation: [{ platformId: newPlatformId(), author: 'carol', text: 'before' }],
  }
  return { id, fact: fact('mention.harvested', { account: more.account ?? 'ada', mention }) }
}
const decided = (id: string, decision: 'answered' | 'skipped', account = 'ada'): AppliedFact =>
  fact('mention.decided', {
    account,
    mention: id,
    decision,
    reason: 'because',
    postId: decision === 'answered' ? newPostId() : null,
    drafter: null,
  })
const claim = (max_rows = 40): Promise<readonly OpenMention[]> => database.rpc('claim_open_mentions', { max_rows })
const ids = (open: readonly OpenMention[]): readonly string[] => open.map(({ mention }) => mention.platformId)
const forget = async (): Promise<void> => {
  await sql.query('truncate mentions, opted_out, model_requests, accounts, posts cascade')
  await apply(configured('ada', { maxDepth: 7 }), configured('grace'))
}

describe('mentions to decide about', () => {
  it('come one of a person at a time, oldest first, whichever account they speak to', async () => {
    await forget()
    const [first, second] = [seen('Bob', { ago: 90_000 }), seen('bob', { account: 'grace', ago: 80_000 })]
    const other = seen('eve')
    await apply(second.fact, first.fact, other.fact)
    expect(ids(await claim())).toEqual([first.id, other.id])
    expect(await claim()).toEqual([])
    await apply(decided(first.id, 'answered'))
    const [next] = await claim()
    expect(next).toMatchObject({ account: 'grace', context: { answersToAuthor: 1 } })
  })

  it('carry the rules of their account, the conversation, and what is known of their author', async () => {
    await forget()
    const one = seen('eve')
    await apply(
      one.fact,
      fact('mention.opted_out', { account: 'grace', mention: newPlatformId(), platform: 'x', person: 'eve' }),
    )
    const [open] = await claim()
    expect(open).toMatchObject({
      rules: { maxDepth: 7, perPersonPerDay: 3 },
      mention: { conversation: [{ author: 'carol' }] },
      context: { ask: 1, authorOptedOut: true, authorIsOurs: false, answeredBy: null, ahead: 0 },
    })
    expect(open?.context.ourHandles.toSorted()).toEqual(['ada', 'grace'])
    expect(Date.parse(open?.context.validUntil ?? '')).toBeGreaterThan(Date.now() + 500_000)
  })

  it('know which of our accounts answers the same post', async () => {
    await forget()
    const id = newPlatformId()
    await apply(seen('bob', { id }).fact, seen('bob', { id, account: 'grace' }).fact)
    const [one] = await claim()
    await apply(decided(id, 'answered', one?.account))
    const [other] = await claim()
    expect(other?.context.answeredBy).toBe(one?.account)
    expect(other?.account).not.toBe(one?.account)
  })

  it('that were deferred come back at their time, and not before', async () => {
    await forget()
    const one = seen('bob')
    await apply(one.fact)
    const [open] = await claim()
    const deferral = (until: number, ask = open?.context.ask) =>
      fact('mention.deferred', {
        account: 'ada',
        mention: one.id,
        ask,
        category: 'quota',
        reason: 'used up',
        until: instant(until),
      })
    await apply(deferral(60_000))
    expect(await claim()).toEqual([])
    await apply(deferral(-1))
    expect((await claim()).map(({ context }) => context)).toMatchObject([{ ask: 2, failures: 2 }])
    // A word about the first asking does not end the second.
    await apply(deferral(-1, 1))
    expect(await claim()).toEqual([])
  })

  it('are never more under way than allowed, and each knows how many are before it', async () => {
    await forget()
    await apply(...['a', 'b', 'c', 'd'].map((author, n) => seen(author, { ago: 60_000 - n }).fact))
    expect((await claim(3)).map(({ context }) => context.ahead)).toEqual([0, 1, 2])
    expect(await claim(3)).toEqual([])
    expect((await claim(4)).map(({ context }) => context.ahead)).toEqual([3])
  })

  it('know what the model spent today: what a request can spend until it said what it did', async () => {
    await forget()
    await apply(seen('bob').fact)
    const request = (type: string, id: string, tokens: number, offset = 0) =>
      fact(
        `mention.draft_${type}`,
        { account: 'ada', mention: newPlatformId(), request: id, model: 'm', tokens, costMicros: tokens * 2 },
        offset,
      )
    const [done, lost, old] = [newId(), newId(), newId()]
    await apply(
      request('spent', done, 30),
      request('requested', done, 900),
      request('requested', lost, 500),
      request('requested', old, 10_000, -2 * 86_400_000),
    )
    const [open] = await claim()
    expect(open?.context.spent).toEqual({
      day: new Date().toISOString().slice(0, 10),
      tokens: 530,
      costMicros: 1_060,
    })
  })
})

describe('the label of an automated account', () => {
  const labelSeen = (automatedBy: string | null, ago: number) =>
    fact('account.label_seen', { account: 'ada', automatedBy }, -ago)
  const harvest = async () =>
    (await database.rpc('claim_due_harvests', { max_rows: 10 })).find(({ account }) => account === 'ada')
  const alerts = () => database.rpc('label_alerts', { repeat_seconds: 3_600, max_rows: 10 })
  const dueAgain = () => sql.query('update accounts set harvest_at = null')

  it('is asked for until it was read, then now and then, and sooner while it is missing', async () => {
    await forget()
    expect(await harvest()).toMatchObject({ readLabel: true })
    const readings: [string | null, number, boolean][] = [
      ['eve', 7 * 3_600_000, true],
      ['eve', 3_600_000, false],
      [null, 700_000, true],
      [null, 300_000, false],
    ]
    for (const [automatedBy, ago, readLabel] of readings) {
      await apply(labelSeen(automatedBy, ago))
      await dueAgain()
      expect(await harvest()).toMatchObject({ readLabel })
    }
  })

  it('is known to every decision, unless the account does without it', async () => {
    const label = async (...facts: readonly AppliedFact[]) => {
      await forget()
      await apply(...facts, seen('bob').fact)
      return (await claim())[0]?.context.label
    }
    expect(await label()).toBe('unread')
    expect(await label(labelSeen('eve', 60_000), labelSeen(null, 30_000))).toBe('missing')
    expect(await label(labelSeen(null, 60_000), labelSeen('eve', 30_000))).toBe('shown')
    expect(await label(labelSeen(null, 60_000), configured('ada', {}, 'alert'))).toBe('not_required')
  })

  it('is alerted while it is missing, and not when it was not read or is there', async () => {
    await forget()
    const key = 'account.unlabelled.ada'
    expect(await alerts()).toEqual({ raise: [], clear: [] })
    await apply(labelSeen(null, 60_000))
    expect(await alerts()).toEqual({ raise: [{ key, handle: 'ada', answers: null }], clear: [] })
    await apply(fact('alert.raised', { key, severity: 'warning', sentence: 'it is missing' }, -5_000))
    expect(await alerts()).toEqual({ raise: [], clear: [] })
    await apply(labelSeen('eve', 30_000))
    expect(await alerts()).toEqual({ raise: [], clear: [key] })
  })
})

describe('a job that fails', () => {
  const ran = (outcome: string, secondsAgo: number) =>
    fact(
      'job.ran',
      {
        job: 'replier.draft',
        account: 'ada',
        startedAt: instant(-1_000 * secondsAgo - 10),
        outcome,
        category: outcome === 'failed' ? 'server' : null,
        detail: outcome === 'failed' ? 'it answered 503' : null,
      },
      -1_000 * secondsAgo,
    )
  const alerts = () => database.rpc('failing_jobs', { repeat_seconds: 3_600, max_rows: 10 })

  it('three times in a row is alerted once, and no more after a success', async () => {
    await apply(ran('failed', 9), ran('skipped', 8), ran('failed', 7))
    expect(await alerts()).toEqual({ raise: [], clear: [] })
    await apply(ran('failed', 6))
    const key = 'job.failing.replier.draft.ada'
    const { raise } = await alerts()
    expect(raise).toMatchObject([{ key, failures: 3, category: 'server', detail: 'it answered 503' }])
    await apply(fact('alert.raised', { key, severity: 'warning', sentence: 'it fails' }, -5_000))
    expect(await alerts()).toEqual({ raise: [], clear: [] })
    await apply(ran('succeeded', 4))
    expect(await alerts()).toEqual({ raise: [], clear: [key] })
  })

  it('is not alerted for what failed before the database was back, but for what fails since', async () => {
    await apply(ran('failed', 3.8), ran('failed', 3.6), ran('failed', 3.4))
    const since = (secondsAgo: number) =>
      database.rpc('failing_jobs', { repeat_seconds: 0, max_rows: 10, failed_since: instant(-1_000 * secondsAgo) })
    expect((await since(3)).raise).toEqual([])
    expect((await since(3.5)).raise).toHaveLength(1)
    await apply(ran('failed', 1))
    expect((await since(3)).raise).toMatchObject([{ failures: 4 }])
  })
})
