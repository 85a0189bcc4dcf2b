import { beforeEach, describe, expect, it } from 'vitest'
import { newId, type PlatformId, type PostId } from '@surepost/shared/contracts'
import { checksOf } from '../../src/jobs/plan-checks.ts'
import { configured, fact, instant, newPlatformId, paused, published, submission } from '../support/facts.ts'
import { testDatabase } from '../support/persister-database.ts'

const { database, sql, apply } = await testDatabase()
const HOUR = 3_600_000
const DAY_SECONDS = 86_400

beforeEach(async () => {
  await sql.query('delete from posts')
  await sql.query('delete from accounts')
  await sql.query('delete from audit_turns')
})

const due = (every = DAY_SECONDS) =>
  database.rpc('claim_due_audits', { every_seconds: every, window_seconds: 172_800, max_rows: 10 })
const handedOver = (after = DAY_SECONDS) => database.rpc('claim_expired_doubts', { max_rows: 10, after_seconds: after })
const scope = (account = 'ada') =>
  database.rpc('audit_scope', { of_account: account, since: new Date(Date.now() - 24 * HOUR).toISOString() })
const recoveries = async (): Promise<unknown[]> =>
  (await sql.query('select doubted, state from id_recoveries order by doubted')).rows

const live = async (platformId: PlatformId, agoMs = HOUR): Promise<PostId> => {
  const { postId, fact: submitted } = submission({ submitted: -agoMs - 1_000 })
  await apply(submitted, published(postId, agoMs, { platformId }))
  return postId
}
const doubted = (postId: PostId, platformId: PlatformId, offsetMs = -1_000) =>
  fact('post.segment_doubted', { postId, segment: 0, account: 'ada', platformId, reason: 'another text' }, offsetMs)
const corrected = (postId: PostId, wrong: PlatformId, platformId: PlatformId) =>
  fact('post.segment_corrected', {
    postId,
    segment: 0,
    account: 'ada',
    wrong,
    platformId,
    url: `https://x.com/ada/status/${platformId}`,
    publishedAt: instant(-HOUR),
  })

describe('whose turn it is to be audited', () => {
  it('is everybody’s who is configured and not paused, once in a while', async () => {
    await apply(configured('ada', [900]), configured('bob', [900]), configured('eve', [900]), paused('eve'))
    expect((await due()).map(({ account }) => account)).toEqual(['ada', 'bob'])
    expect(await due()).toEqual([])
    await sql.query(`update audit_turns set next_at = now() where account = 'bob'`)
    expect((await due()).map(({ account }) => account)).toEqual(['bob'])
  })

  it('comes sooner, and looks further back, while an id is doubted', async () => {
    await apply(configured('ada', [900]))
    await due()
    const id = newPlatformId()
    const postId = await live(id, 100 * HOUR)
    await apply(doubted(postId, id))
    expect(await due()).toEqual([])
    await sql.query(`update audit_turns set asked_at = now() - interval '11 minutes'`)
    const [asked] = await due()
    expect(asked?.since.getTime()).toBeLessThan(Date.now() - 100 * HOUR)
  })
})

describe('a doubted id', () => {
  it('is open until the true one is recorded, and readings under the wrong one are believed no more', async () => {
    await apply(configured('ada', [900]))
    const [wrong, right] = [newPlatformId(), newPlatformId()]
    const postId = await live(wrong)
    const planned = (await database.rpc('unplanned_segments', { max_rows: 10 })).flatMap(checksOf)
    await database.rpc('plan_checks', { planned })
    const read = { postId, segment: 0, checkId: planned[0]?.id, platformId: wrong, suspect: null }
    const metrics = { replies: 1, reposts: 1, quotes: null, likes: 1, bookmarks: 1, views: 10 }
    await apply(fact('metrics.collected', { ...read, metrics }, -5_000), doubted(postId, wrong))
    expect(await recoveries()).toEqual([{ doubted: wrong, state: 'open' }])
    await apply(corrected(postId, wrong, right))
    expect(await recoveries()).toEqual([{ doubted: wrong, state: 'recovered' }])
    const { rows } = await sql.query('select platform_id, metrics, conflict from segments')
    expect(rows).toEqual([{ platform_id: right, metrics: null, conflict: false }])
    expect((await sql.query('select suspect from readings')).rows).toEqual([
      { suspect: expect.stringContaining(wrong) },
    ])
  })

  it('is corrected whatever is said first, and a repeat of the wrong id changes nothing', async () => {
    const [wrong, right] = [newPlatformId(), newPlatformId()]
    const { postId, fact: submitted } = submission()
    await apply(corrected(postId, wrong, right))
    await apply(submitted, published(postId, HOUR, { platformId: wrong }))
    await apply(published(postId, HOUR * 2, { platformId: wrong }))
    expect((await sql.query('select platform_id, conflict from segments')).rows).toEqual([
      { platform_id: right, conflict: false },
    ])
  })

  it('goes to a person when no audit found the true one in time, once', async () => {
    const id = newPlatformId()
    const postId = await live(id)
    await apply(doubted(postId, id, -25 * HOUR))
    expect(await handedOver()).toEqual([
      expect.objectContaining({ postId, segment: 0, platformId: id, account: 'ada' }),
    ])
    expect(await handedOver()).toEqual([])
    await apply(fact('post.needs_attention', { postId, revision: 1, segment: 0, reason: 'another text' }))
    await sql.query('update doubts set attention_claimed_until = null')
    expect(await handedOver()).toEqual([])
    expect(await recoveries()).toEqual([{ doubted: id, state: 'needs_attention' }])
    expect((await sql.query('select state from posts')).rows).toEqual([{ state: 'live' }])
  })

  it('is refuted when a believed reading was made under it since', async () => {
    const id = newPlatformId()
    const postId = await live(id)
    await apply(doubted(postId, id, -10_000))
    const metrics = { replies: 1, reposts: 1, quotes: null, likes: 1, bookmarks: 1, views: 10 }
    await apply(
      fact('metrics.collected', { postId, segment: 0, checkId: newId(), platformId: id, metrics, suspect: null }),
    )
    expect(await recoveries()).toEqual([{ doubted: id, state: 'refuted' }])
    expect(await handedOver(0)).toEqual([])
  })
})

describe('the scope of an audit', () => {
  it('has what is recorded and what is not, with text and parent; nothing that waits for approval or is another’s', async () => {
    const id = newPlatformId()
    const { postId, fact: thread } = submission({ segments: 2 })
    const waiting = submission({ approval: 'review' })
    const other = submission({ account: 'bob' })
    await apply(thread, waiting.fact, other.fact, published(postId, HOUR, { platformId: id }))
    const { segments } = await scope()
    expect(segments).toEqual([
      expect.objectContaining({
        postId,
        segment: 0,
        platformId: id,
        text: 'part 0',
        parent: null,
        isReply: false,
        gone: false,
      }),
      expect.objectContaining({ postId, segment: 1, platformId: null, text: 'part 1', parent: id, isReply: true }),
    ])
  })

  it('has the further ids that were said of a segment', async () => {
    const [first, second] = [newPlatformId(), newPlatformId()]
    const { postId, fact: submitted } = submission()
    await apply(
      submitted,
      published(postId, 2_000, { platformId: first }),
      published(postId, 1_000, { platformId: second }),
    )
    expect((await scope()).others).toEqual([{ postId, segment: 0, platformId: second }])
  })
})

describe('an audit', () => {
  const audited = (auditId: string, outcome: string, offsetMs: number) => {
    const nothing = { recovered: [], missing: [], wrongIds: [], duplicates: [], foreign: [] }
    const report = { since: instant(-HOUR), reason: outcome === 'invalid' ? 'no page' : null, seen: 3, recorded: 2 }
    return fact('account.audited', { auditId, account: 'ada', outcome, ...report, ...nothing }, offsetMs)
  }

  it('is kept with what it found; of a repeat the later one', async () => {
    const id = newId()
    await apply(audited(id, 'clean', -1_000), audited(id, 'invalid', -2_000))
    expect((await sql.query('select outcome, reason, seen, report from audits')).rows).toEqual([
      { outcome: 'clean', reason: null, seen: 3, report: expect.objectContaining({ missing: [] }) },
    ])
  })
})

describe('obligations', () => {
  it('add up: every planned check is open, claimed, done or missed, whatever happened to it', async () => {
    await apply(configured('ada', [3, 10, 60]))
    const posts = await Promise.all(Array.from({ length: 6 }, () => live(newPlatformId())))
    const planned = (await database.rpc('unplanned_segments', { max_rows: 100 })).flatMap(checksOf)
    await database.rpc('plan_checks', { planned })
    const said = ['metrics.check_failed', 'metrics.check_missed', 'metrics.collected']
    const metrics = { replies: 0, reposts: 0, quotes: null, likes: 5, bookmarks: null, views: 9 }
    for (let round = 0; round < 4; round += 1) {
      const claimed = await database.rpc('claim_due_checks', { max_rows: 5 })
      await apply(
        ...claimed.slice(1).map(({ checkId, postId, segment, platformId }, n) =>
          fact(said[(n + round) % 3] ?? '', {
            postId,
            segment,
            checkId,
            ...((n + round) % 3 === 2
              ? { platformId, metrics, suspect: n % 2 === 0 ? null : 'odd' }
              : { reason: 'why' }),
          }),
        ),
      )
      const { rows } = await sql.query<{ state: string; n: number }>(
        'select state, count(*)::int as n from checks group by state',
      )
      expect(rows.reduce((sum, { n }) => sum + n, 0)).toBe(posts.length * 3)
      expect(
        rows.map(({ state }) => state).filter((state) => !['open', 'claimed', 'done', 'missed'].includes(state)),
      ).toEqual([])
    }
  })
})

describe('outcomes', () => {
  it('have features of what was published, and the first believed figures of each age', async () => {
    await apply(configured('ada', [900, 3_600]))
    const postId = await live(newPlatformId(), 2 * HOUR)
    const planned = (await database.rpc('unplanned_segments', { max_rows: 10 })).flatMap(checksOf)
    await database.rpc('plan_checks', { planned })
    const metrics = { replies: 1, reposts: 0, quotes: null, likes: 5, bookmarks: 0, views: 90 }
    const read = { postId, segment: 0, checkId: planned[0]?.id, platformId: newPlatformId(), metrics }
    await apply(
      fact('metrics.collected', { ...read, metrics: { ...metrics, likes: 999 }, suspect: 'likes above views' }, -6_000),
      fact('metrics.collected', { ...read, suspect: null }, -5_000),
    )
    const [outcome] = await database.read('outcomes', (c) => c.from('post_outcomes').select('*'))
    expect(outcome).toMatchObject({ post_id: postId, text: 'part 0', characters: 6, words: 2, images: 0, kind: 'post' })
    expect(outcome?.metrics_by_age).toEqual({ 900: { ...metrics, at: expect.any(String) } })
    expect([outcome?.checks_done, outcome?.checks_waiting]).toEqual([1, 1])
  })
})
