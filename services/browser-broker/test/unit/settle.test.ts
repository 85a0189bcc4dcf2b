import {
  AccountId,
  type BeginAction,
  type BodyOf,
  type PlatformId,
  SETTLING_FACTS,
  type SegmentCorrected,
  type SegmentPublished,
} from '@surepost/shared/contracts'
import { silentLogger } from '@surepost/shared/runtime'
import { expect, test } from 'vitest'
import { type SettlingPorts, settlingRoutes } from '../../src/handlers/settling-facts.ts'
import { actionFor, newPlatformId } from '../support/fixtures.ts'
import { MINUTE, TestLedger } from '../support/ledger.ts'

const account = AccountId.parse('acme')
const open = (): TestLedger => {
  const ledger = new TestLedger()
  ledger.account('acme')
  return ledger
}
const published = (
  ledger: TestLedger,
  { postId, revision, segment }: BeginAction,
  platformId = newPlatformId(),
): BodyOf<typeof SegmentPublished> => ({
  at: new Date(ledger.now).toISOString(),
  postId,
  revision,
  segment,
  account,
  platform: 'x',
  platformId,
  url: `https://x.com/i/status/${platformId}`,
  publishedAt: new Date(ledger.now).toISOString(),
  source: 'audit',
  ledger: null,
})

test('what an audit found is never published again, begun or not', () => {
  using ledger = open()
  const [begun, unseen] = [actionFor(account), actionFor(account)]
  ledger.ask(begun)
  for (const action of [begun, unseen]) {
    const fact = published(ledger, action)
    expect(ledger.do('published', fact)).toBe('settled')
    expect(ledger.do('published', fact)).toBe('known')
    expect(ledger.ask(action)).toEqual({ answer: 'done', platformId: fact.platformId, url: fact.url })
  }
})

test('a fact that settles is not said again by the ledger', () => {
  using ledger = open()
  const action = actionFor(account)
  ledger.ask(action)
  ledger.do('published', published(ledger, action))
  expect(ledger.types()).not.toContain('post.segment_published')
})

test('the next segment follows one that only a fact told of', () => {
  using ledger = open()
  const first = actionFor(account, { segments: 2 })
  ledger.do('published', published(ledger, first))
  expect(ledger.ask({ ...first, segment: 1, textHash: null })).toEqual({ answer: 'fresh', attempt: 1 })
})

test('a holder whose action was settled by a fact may say complete with the same id, and not abort it', () => {
  using ledger = open()
  const action = actionFor(account)
  const lease = ledger.lease(account)
  ledger.begin(action, lease)
  const fact = published(ledger, action)
  ledger.do('published', fact)
  expect(ledger.do('abort', ledger.outcome(action, 1, lease), 'sure')).toMatchObject({ refused: 'abort_refused' })
  const same = { platformId: fact.platformId, url: fact.url, publishedAt: ledger.now, source: 'response' } as const
  expect(ledger.do('complete', ledger.outcome(action, 1, lease), same)).toEqual({ told: true })
})

test('two ids for one segment, or one id for two, raise an alert and change nothing', () => {
  using ledger = open()
  const [one, two] = [actionFor(account), actionFor(account)]
  const fact = published(ledger, one)
  ledger.do('published', fact)
  expect(ledger.do('published', published(ledger, one))).toBe('conflict')
  expect(ledger.do('published', published(ledger, two, fact.platformId))).toBe('conflict')
  expect(ledger.types().filter((type) => type === 'alert.raised')).toHaveLength(2)
  expect(ledger.ask(one)).toMatchObject({ answer: 'done', platformId: fact.platformId })
  expect(ledger.ask(two)).toEqual({ answer: 'fresh', attempt: 1 })
})

test('what was deleted or is missing was live: it is not published again', () => {
  using ledger = open()
  const [known, open_, unseen] = [actionFor(account), actionFor(account), actionFor(account)]
  ledger.ask(open_)
  const fact = published(ledger, known)
  ledger.do('published', fact)
  const gone = (action: BeginAction, platformId = newPlatformId()) => ({
    at: new Date(ledger.now).toISOString(),
    postId: action.postId,
    segment: 0,
    account,
    platformId,
  })
  expect(ledger.do('missing', gone(known, fact.platformId))).toBe('settled')
  expect(ledger.do('deleted', gone(known, fact.platformId))).toBe('settled')
  expect(ledger.do('missing', gone(known, fact.platformId))).toBe('known')
  expect(ledger.do('deleted', gone(open_))).toBe('settled')
  expect(ledger.do('deleted', gone(unseen))).toBe('settled')
  for (const action of [known, open_, unseen]) expect(ledger.ask(action).answer).toBe('done')
})

test('what was deleted before its holder could say that it is live spends one place of the budget, and no more for ever', () => {
  using ledger = new TestLedger()
  ledger.account('acme', { post: { perHour: 100, perDay: 1_000, minGapSeconds: 60 } })
  const action = actionFor(account)
  const lease = ledger.lease(account)
  ledger.begin(action, lease)
  const { postId, segment } = action
  ledger.do('deleted', {
    at: new Date(ledger.now).toISOString(),
    postId,
    segment,
    account,
    platformId: newPlatformId(),
  })
  ledger.end(lease)
  expect(ledger.ask(actionFor(account))).toMatchObject({ answer: 'refused', reason: 'budget' })
  ledger.pass(MINUTE)
  expect(ledger.ask(actionFor(account))).toMatchObject({ answer: 'fresh' })
})

test('a cancel of what a fact says is live is too late', () => {
  using ledger = open()
  const action = actionFor(account)
  ledger.do('published', published(ledger, action))
  expect(ledger.do('cancel', { postId: action.postId, account, by: 'a', reason: 'b' })).toEqual({
    result: 'too_late',
  })
})

const corrected = (
  ledger: TestLedger,
  { postId, segment }: BeginAction,
  wrong: PlatformId,
  platformId = newPlatformId(),
): BodyOf<typeof SegmentCorrected> => ({
  at: new Date(ledger.now).toISOString(),
  postId,
  segment,
  account,
  wrong,
  platformId,
  url: `https://x.com/i/status/${platformId}`,
  publishedAt: new Date(ledger.now).toISOString(),
})
const deletion = ({ postId, segment }: BeginAction, platformId: PlatformId) => ({
  postId,
  segment,
  account,
  platformId,
  by: 'eve',
})

test('a corrected segment is live under its true id, is deleted only under that one, and the wrong one is free for its post', () => {
  using ledger = open()
  const [action, owner] = [actionFor(account), actionFor(account)]
  const wrong = published(ledger, action)
  ledger.do('published', wrong)
  const correction = corrected(ledger, action, wrong.platformId)
  expect(ledger.do('corrected', correction)).toBe('settled')
  expect(ledger.do('corrected', correction)).toBe('known')
  expect(ledger.ask(action)).toEqual({ answer: 'done', platformId: correction.platformId, url: correction.url })
  const lease = ledger.lease(account)
  expect(ledger.do('beginDelete', deletion(action, wrong.platformId), lease)).toMatchObject({
    refused: 'other_segment',
  })
  expect(ledger.do('beginDelete', deletion(action, correction.platformId), lease)).toEqual({ answer: 'go' })
  expect(ledger.do('published', published(ledger, owner, wrong.platformId))).toBe('settled')
  expect(ledger.types()).not.toContain('alert.raised')
})

test('what is said of a wrong id after its correction is not said of the segment', () => {
  using ledger = open()
  const action = actionFor(account)
  const wrong = published(ledger, action)
  ledger.do('published', wrong)
  const correction = corrected(ledger, action, wrong.platformId)
  ledger.do('corrected', correction)
  const gone = { at: wrong.at, postId: action.postId, segment: 0, account, platformId: wrong.platformId }
  expect(ledger.do('published', wrong)).toBe('known')
  expect(ledger.do('missing', gone)).toBe('known')
  expect(ledger.do('deleted', gone)).toBe('known')
  const lease = ledger.lease(account)
  expect(ledger.do('beginDelete', deletion(action, correction.platformId), lease)).toEqual({ answer: 'go' })
  expect(ledger.types()).not.toContain('alert.raised')
})

test('the latest correction stands, in whatever order they are heard, and alone it is enough', () => {
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 2, 0],
    [2, 0, 1],
  ]) {
    using ledger = open()
    const action = actionFor(account)
    const said = published(ledger, action)
    const first = corrected(ledger, action, said.platformId)
    ledger.pass(MINUTE)
    const second = corrected(ledger, action, first.platformId)
    const words = [
      () => ledger.do('published', said),
      () => ledger.do('corrected', first),
      () => ledger.do('corrected', second),
    ]
    for (const n of order) words[n]?.()
    expect(ledger.do('published', said)).toBe('known')
    expect(ledger.ask(action)).toMatchObject({ answer: 'done', platformId: second.platformId })
  }
})

test('an open action whose true id an audit found is never created again', () => {
  using ledger = open()
  const action = actionFor(account)
  ledger.ask(action)
  const correction = corrected(ledger, action, newPlatformId())
  expect(ledger.do('corrected', correction)).toBe('settled')
  expect(ledger.ask(action)).toMatchObject({ answer: 'done', platformId: correction.platformId })
})

test('a correction to an id that is another segment’s raises an alert and changes nothing', () => {
  using ledger = open()
  const [one, two] = [actionFor(account), actionFor(account)]
  const [first, second] = [published(ledger, one), published(ledger, two)]
  ledger.do('published', first)
  ledger.do('published', second)
  expect(ledger.do('corrected', corrected(ledger, one, first.platformId, second.platformId))).toBe('conflict')
  expect(ledger.types()).toContain('alert.raised')
  expect(ledger.ask(one)).toMatchObject({ platformId: first.platformId })
  expect(ledger.ask(two)).toMatchObject({ platformId: second.platformId })
})

test('every fact that settles has a handler, and puts it to the ledger', async () => {
  const asked: string[] = []
  const put = (name: string): Promise<never> => {
    asked.push(name)
    return Promise.resolve<never>('settled' as never)
  }
  const ledger: SettlingPorts['ledger'] = { ask: put as never, care: put as never }
  const routes = settlingRoutes({ ledger, shard: 0, shards: 1, log: silentLogger() }, () => undefined)
  expect(routes.map(({ contract }) => contract.type).toSorted()).toEqual(
    SETTLING_FACTS.map(({ type }) => type).toSorted(),
  )
  using open_ = open()
  const body = corrected(open_, actionFor(account), newPlatformId())
  const route = routes.find(({ contract }) => contract.type === 'post.segment_corrected')
  await route?.run({ body } as never, { signal: new AbortController().signal })
  expect(asked).toEqual(['corrected'])
})
