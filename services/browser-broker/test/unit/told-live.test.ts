import { AccountId, type ApprovedPost, type BeginAction, type LiveSegment } from '@surepost/shared/contracts'
import { expect, test } from 'vitest'
import { actionFor, newPlatformId } from '../support/fixtures.ts'
import { BIRTH, MINUTE, POLICY, SECOND, TestLedger, WINDOW } from '../support/ledger.ts'

const account = AccountId.parse('acme')
const open = (): TestLedger => {
  const ledger = new TestLedger()
  ledger.account('acme')
  return ledger
}
const url = 'https://x.com/acme/status/1'
const wordOf = (gone: LiveSegment['gone'] = null): LiveSegment => ({
  segment: 0,
  platformId: newPlatformId(),
  url,
  publishedAt: new Date(BIRTH - 10 * MINUTE).toISOString(),
  gone,
})
/** A post of before this ledger, and the command that was dispatched for it since. */
const older = (live?: readonly LiveSegment[], dispatchedAt = BIRTH + MINUTE): BeginAction => {
  const action = actionFor(account, { acceptedAt: new Date(BIRTH - 20 * MINUTE).toISOString() })
  const { postId, revision, hash, notAfter, acceptedAt } = action
  const command: ApprovedPost = {
    postId,
    revision,
    hash,
    account,
    platform: 'x',
    content: { segments: [{ text: 'text', media: [] }] },
    notAfter,
    acceptedAt,
    dispatchedAt: new Date(dispatchedAt).toISOString(),
    ...(live === undefined ? {} : { live: [...live] }),
  }
  return { ...action, command }
}

test.each(['deleted', 'missing', null] as const)(
  'what a dispatch tells to be live (and now: %s) is done, also for a ledger that never heard of it',
  (gone) => {
    using ledger = open()
    const word = wordOf(gone)
    const action = older([word])
    expect(ledger.ask(action)).toEqual({ answer: 'done', platformId: word.platformId, url })
    const { command: _, ...again } = action
    expect(ledger.ask(again)).toEqual({ answer: 'done', platformId: word.platformId, url })
    expect(ledger.types()).not.toContain('post.segment_published')
  },
)

test('without that word it is asked about, and created when the platform does not show it', () => {
  using ledger = open()
  const action = older()
  ledger.ask(action)
  ledger.pass(POLICY.leaseMs.act.most + WINDOW + SECOND)
  const lease = ledger.lease(account)
  expect(ledger.do('absent', ledger.outcome(action, 1, lease), ledger.now)).toEqual({ answer: 'fresh', attempt: 2 })
})

test('the word settles what this ledger had found absent, or was asking about', () => {
  using ledger = open()
  const action = older()
  expect(ledger.ask(action)).toMatchObject({ answer: 'unknown' })
  const word = wordOf('deleted')
  const { command } = older([word], BIRTH + 2 * MINUTE)
  if (command === undefined) throw new Error('it has a command')
  const told = { ...action, command: { ...command, postId: action.postId, hash: action.hash } }
  expect(ledger.ask(told)).toEqual({ answer: 'done', platformId: word.platformId, url })
})

test('the word of one segment says nothing of another', () => {
  using ledger = open()
  const action = older([{ ...wordOf(), segment: 1 }])
  expect(ledger.ask(action)).toMatchObject({ answer: 'unknown' })
})

test('an id that belongs to another post is not believed', () => {
  using ledger = open()
  const word = wordOf()
  ledger.ask(older([word]))
  expect(ledger.ask(older([word]))).toMatchObject({ answer: 'unknown' })
})
