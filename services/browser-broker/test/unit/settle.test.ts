import { AccountId, type BeginAction, type BodyOf, type SegmentPublished } from '@surepost/shared/contracts'
import { expect, test } from 'vitest'
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
