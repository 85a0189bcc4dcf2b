import { AccountId } from '@surepost/shared/contracts'
import { expect, test } from 'vitest'
import { actionFor } from '../support/fixtures.ts'
import { BIRTH, MINUTE, POLICY, SECOND, WINDOW, TestLedger } from '../support/ledger.ts'

const account = AccountId.parse('acme')
const open = (): TestLedger => {
  const ledger = new TestLedger()
  ledger.account('acme')
  return ledger
}

test('the settle window is counted from the moment the browser was seen gone, not from begin', () => {
  using ledger = open()
  const action = actionFor(account)
  const lease = ledger.lease(account)
  ledger.begin(action, lease)
  ledger.pass(2 * MINUTE)
  ledger.end(lease)
  const answer = ledger.ask(action)
  expect(answer).toMatchObject({
    answer: 'unknown',
    attempt: 1,
    settledAt: new Date(ledger.now + WINDOW).toISOString(),
  })
})

test('while the browser may live, absence cannot count', () => {
  using ledger = open()
  const action = actionFor(account)
  const lease = ledger.lease(account)
  ledger.begin(action, lease)
  ledger.do('unknown', ledger.outcome(action, 1, lease), 'no response')
  ledger.pass(2 * MINUTE)
  expect(ledger.do('absent', ledger.outcome(action, 1, lease), ledger.now)).toMatchObject({ answer: 'unknown' })
})

test('absence re-opens only by a reading that began after the window closed', () => {
  using ledger = open()
  const action = actionFor(account)
  ledger.ask(action)
  const quiet = ledger.now
  ledger.pass(WINDOW + 10 * SECOND)
  const lease = ledger.lease(account)
  const absent = (began: number) => ledger.do('absent', ledger.outcome(action, 1, lease), began)
  expect(absent(quiet + WINDOW - 1)).toMatchObject({ answer: 'unknown' })
  expect(absent(quiet + WINDOW)).toMatchObject({ answer: 'unknown' })
  expect(absent(ledger.now + SECOND)).toMatchObject({ answer: 'unknown' })
  expect(absent(quiet + WINDOW + 1)).toEqual({ answer: 'fresh', attempt: 2 })
  expect(ledger.types().slice(-3)).toEqual(['post.segment_unknown', 'post.segment_aborted', 'post.segment_begun'])
})

test('what only a lost ledger may have begun is no attempt that failed: it has all of its own', () => {
  using ledger = open()
  const action = actionFor(account, { acceptedAt: new Date(BIRTH - SECOND).toISOString() })
  expect(ledger.ask(action)).toMatchObject({ answer: 'unknown', attempt: 1 })
  ledger.now = BIRTH + POLICY.leaseMs.act.most
  for (let attempt = 1; attempt <= POLICY.maxAbsences + 1; attempt++) {
    ledger.pass(WINDOW + SECOND)
    const lease = ledger.lease(account)
    const answer = ledger.do('absent', ledger.outcome(action, attempt, lease), ledger.now)
    ledger.end(lease)
    expect(answer).toMatchObject(
      attempt <= POLICY.maxAbsences
        ? { answer: 'fresh', attempt: attempt + 1 }
        : { answer: 'refused', reason: 'attempts_spent' },
    )
  }
})

test('re-opening is bounded', () => {
  using ledger = open()
  const action = actionFor(account)
  ledger.ask(action)
  for (let attempt = 1; attempt <= POLICY.maxAbsences; attempt++) {
    ledger.pass(WINDOW + SECOND)
    const lease = ledger.lease(account)
    const answer = ledger.do('absent', ledger.outcome(action, attempt, lease), ledger.now)
    ledger.end(lease)
    expect(answer).toMatchObject(
      attempt < POLICY.maxAbsences
        ? { answer: 'fresh', attempt: attempt + 1 }
        : { answer: 'refused', reason: 'attempts_spent' },
    )
  }
})
