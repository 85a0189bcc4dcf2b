import { AccountId, type BeginAction } from '@surepost/shared/contracts'
import { expect, test } from 'vitest'
import { actionFor, newPlatformId } from '../support/fixtures.ts'
import { BIRTH, POLICY, SECOND, TestLedger, WINDOW } from '../support/ledger.ts'

const account = AccountId.parse('acme')
const open = (): TestLedger => {
  const ledger = new TestLedger()
  ledger.account('acme')
  return ledger
}
const cancel = (ledger: TestLedger, { postId, acceptedAt }: BeginAction) =>
  ledger.do('cancel', { postId, account, acceptedAt, by: 'operator', reason: 'changed my mind' }).result
const complete = (ledger: TestLedger, action: BeginAction, lease: string, attempt = 1) =>
  ledger.do('complete', ledger.outcome(action, attempt, lease), {
    platformId: newPlatformId(),
    url: 'https://x.com/i/status/1',
    publishedAt: ledger.now,
    source: 'response',
  })
const cancelled = (ledger: TestLedger): number => ledger.types().filter((type) => type === 'post.cancelled').length

test('a post that the ledger has never seen is cancelled, and then never begun', () => {
  using ledger = open()
  const action = actionFor(account)
  expect(cancel(ledger, action)).toBe('cancelled')
  expect(ledger.ask(action)).toEqual({ answer: 'revoked' })
  expect(cancelled(ledger)).toBe(1)
})

test('asked twice it answers the same and says it once', () => {
  using ledger = open()
  const action = actionFor(account)
  expect([cancel(ledger, action), cancel(ledger, action)]).toEqual(['cancelled', 'cancelled'])
  expect(cancelled(ledger)).toBe(1)
})

test('after begin it is too late, and what was begun may end live', () => {
  using ledger = open()
  const action = actionFor(account)
  const lease = ledger.lease(account)
  ledger.begin(action, lease)
  expect(cancel(ledger, action)).toBe('too_late')
  expect(complete(ledger, action, lease)).toEqual({ told: true })
  expect(cancel(ledger, action)).toBe('too_late')
  expect(cancelled(ledger)).toBe(0)
})

test('re-opening honours a cancel that came too late', () => {
  using ledger = open()
  const action = actionFor(account)
  ledger.ask(action)
  expect(cancel(ledger, action)).toBe('too_late')
  ledger.pass(WINDOW + SECOND)
  const lease = ledger.lease(account)
  expect(ledger.do('absent', ledger.outcome(action, 1, lease), ledger.now)).toEqual({ answer: 'revoked' })
  expect(cancelled(ledger)).toBe(1)
  expect(ledger.begin(action, lease)).toEqual({ answer: 'revoked' })
})

test('an attempt that is called off after the cancel ends the post as cancelled', () => {
  using ledger = open()
  const action = actionFor(account)
  const lease = ledger.lease(account)
  ledger.begin(action, lease)
  cancel(ledger, action)
  ledger.do('abort', ledger.outcome(action, 1, lease), 'nothing was sent')
  expect(cancelled(ledger)).toBe(1)
  expect(cancel(ledger, action)).toBe('cancelled')
  expect(cancelled(ledger)).toBe(1)
})

test('what was called off before the cancel is cancelled: nothing was created', () => {
  using ledger = open()
  const action = actionFor(account)
  const lease = ledger.lease(account)
  ledger.begin(action, lease)
  ledger.do('abort', ledger.outcome(action, 1, lease), 'nothing was sent')
  expect(cancel(ledger, action)).toBe('cancelled')
})

test('a thread of which a segment is live goes on to its end', () => {
  using ledger = open()
  const first = actionFor(account, { segments: 2 })
  const lease = ledger.lease(account)
  ledger.begin(first, lease)
  complete(ledger, first, lease)
  expect(cancel(ledger, first)).toBe('too_late')
  expect(ledger.begin({ ...first, segment: 1, textHash: null }, lease)).toEqual({ answer: 'fresh', attempt: 1 })
})

test('of a post that is older than itself a ledger says "cancelled" only when the platform was asked', () => {
  using ledger = open()
  const action = actionFor(account, { acceptedAt: new Date(BIRTH - SECOND).toISOString() })
  expect(cancel(ledger, action)).toBe('too_late')
  expect(cancelled(ledger)).toBe(0)
  expect(ledger.ask(action)).toMatchObject({ answer: 'unknown' })
  ledger.pass(POLICY.leaseMs.act.most + WINDOW + SECOND)
  const lease = ledger.lease(account)
  expect(ledger.do('absent', ledger.outcome(action, 1, lease), ledger.now)).toEqual({ answer: 'revoked' })
  expect(cancelled(ledger)).toBe(1)
  expect(cancel(ledger, action)).toBe('cancelled')
})
