import { AccountId, type BeginAction, type BodyOf, Hash, type PostSubmitted } from '@surepost/shared/contracts'
import { expect, test } from 'vitest'
import { actionFor } from '../support/fixtures.ts'
import { BIRTH, SECOND, TestLedger, WINDOW } from '../support/ledger.ts'

const account = AccountId.parse('acme')
const open = (): TestLedger => {
  const ledger = new TestLedger()
  ledger.account('acme')
  return ledger
}

/** The next revision of a post, with a content that `letter` stands for. */
const nextOf = (action: BeginAction, letter: string): BodyOf<typeof PostSubmitted> => ({
  at: new Date(BIRTH + SECOND).toISOString(),
  postId: action.postId,
  revision: action.revision + 1,
  account,
  platform: 'x',
  hash: Hash.parse(letter.repeat(64)),
  content: { segments: [{ text: `The text ${letter}`, media: [] }] },
  client: 'operator',
  approval: 'review',
  scheduledAt: null,
  notAfter: action.notAfter,
})
const revise = (ledger: TestLedger, action: BeginAction, letter = 'a') =>
  ledger.do('revise', { next: nextOf(action, letter), by: 'operator', acceptedAt: action.acceptedAt }).result
const cancel = (ledger: TestLedger, { postId }: BeginAction) =>
  ledger.do('cancel', { postId, account, by: 'operator', reason: 'changed my mind' }).result
const submissions = (ledger: TestLedger) => ledger.said().filter(({ type }) => type === 'post.submitted')

test('an edit calls off the revision it replaces and says the next one, in one transaction', () => {
  using ledger = open()
  const action = actionFor(account)
  expect(revise(ledger, action)).toBe('revised')
  expect(ledger.types()).not.toContain('post.cancelled')
  expect(submissions(ledger).map(({ body }) => body)).toEqual([nextOf(action, 'a')])
  expect(ledger.ask(action)).toEqual({ answer: 'revoked' })
  expect(ledger.ask({ ...action, revision: 2, hash: Hash.parse('a'.repeat(64)) })).toEqual({
    answer: 'fresh',
    attempt: 1,
  })
})

test('the repeat of an edit is the same edit, and another edit of the same revision is told that it was not the first', () => {
  using ledger = open()
  const action = actionFor(account)
  expect([revise(ledger, action, 'a'), revise(ledger, action, 'a'), revise(ledger, action, 'b')]).toEqual([
    'revised',
    'revised',
    'conflict',
  ])
  expect(submissions(ledger)).toHaveLength(1)
})

test('an edit of an edit replaces it', () => {
  using ledger = open()
  const action = actionFor(account)
  revise(ledger, action, 'a')
  expect(revise(ledger, { ...action, revision: 2 }, 'b')).toBe('revised')
  expect(ledger.ask({ ...action, revision: 2 })).toEqual({ answer: 'revoked' })
  expect(ledger.ask({ ...action, revision: 3 })).toMatchObject({ answer: 'fresh' })
})

test('an edit that comes too late changes nothing: what was approved goes on', () => {
  using ledger = open()
  const action = actionFor(account)
  ledger.ask(action)
  expect(revise(ledger, action)).toBe('too_late')
  expect(submissions(ledger)).toEqual([])
  ledger.pass(WINDOW + SECOND)
  const lease = ledger.lease(account)
  const absent = ledger.do('absent', ledger.outcome(action, 1, lease), ledger.now)
  expect(absent).toEqual({ answer: 'fresh', attempt: 2 })
})

test('what was surely not created can be edited', () => {
  using ledger = open()
  const action = actionFor(account)
  const lease = ledger.lease(account)
  ledger.begin(action, lease)
  ledger.do('abort', ledger.outcome(action, 1, lease), 'the platform refused it')
  expect(revise(ledger, action)).toBe('revised')
})

test('a cancelled post is not edited, and a cancel after an edit ends all revisions', () => {
  using ledger = open()
  const [first, second] = [actionFor(account), actionFor(account)]
  cancel(ledger, first)
  expect(revise(ledger, first)).toBe('conflict')
  revise(ledger, second)
  expect(cancel(ledger, second)).toBe('cancelled')
  expect(ledger.ask({ ...second, revision: 2 })).toEqual({ answer: 'revoked' })
})

test('of a post that is older than itself a ledger cannot say that nothing of it was begun', () => {
  using ledger = open()
  const action = actionFor(account, { acceptedAt: new Date(BIRTH - SECOND).toISOString() })
  expect(revise(ledger, action)).toBe('too_late')
})
