import { AccountId, type BeginAction, type LeaseClass } from '@surepost/shared/contracts'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { actionFor, newPlatformId } from '../support/fixtures.ts'
import { MINUTE, SECOND, TestLedger } from '../support/ledger.ts'

const account = AccountId.parse('acme')
const openWith = (budget: Partial<{ perHour: number; perDay: number; minGapSeconds: number }>): TestLedger => {
  const ledger = new TestLedger()
  ledger.account('acme', { post: { perHour: 100, perDay: 1_000, minGapSeconds: 0, ...budget } })
  return ledger
}

/** What a request for a lease is told before it waits: null, or why not. */
const gate = (ledger: TestLedger, action?: BeginAction, leaseClass: LeaseClass = 'act') =>
  ledger.do('gate', { account, class: leaseClass, action })

const publish = (ledger: TestLedger, action = actionFor(account)): BeginAction => {
  const lease = ledger.lease(account)
  const answer = ledger.begin(action, lease)
  if (answer.answer !== 'fresh') throw new Error(`not fresh: ${JSON.stringify(answer)}`)
  ledger.do('complete', ledger.outcome(action, answer.attempt, lease), {
    platformId: newPlatformId(),
    url: 'https://x.com/i/status/1',
    publishedAt: ledger.now,
    source: 'response',
  })
  ledger.end(lease)
  return action
}

test('a lease for what has no room in the budget is refused until the budget has room, both before the wait and at the grant', () => {
  using ledger = openWith({ minGapSeconds: 60 })
  publish(ledger)
  const next = actionFor(account)
  const refused = { denied: 'budget', retryAt: ledger.now + MINUTE, detail: expect.stringContaining('60 s apart') }
  expect(gate(ledger, next)).toEqual(refused)
  expect(ledger.do('openLease', { leaseId: 'one', account, class: 'act', action: next })).toEqual(refused)
  expect(ledger.store.tables.lease('one')).toBeNull()
  ledger.pass(MINUTE)
  expect(gate(ledger, next)).toBeNull()
  expect(ledger.do('openLease', { leaseId: 'two', account, class: 'act', action: next })).toHaveProperty('opened')
})

test('each refused post gets a time of its own, keeps it, and begins at it', () => {
  using ledger = openWith({ minGapSeconds: 60 })
  publish(ledger)
  const posts = [actionFor(account), actionFor(account), actionFor(account)]
  const times = posts.map((post) => gate(ledger, post)?.retryAt)
  expect(times).toEqual([1, 2, 3].map((n) => ledger.now + n * MINUTE))
  for (const [i, post] of posts.entries()) {
    ledger.now = times[i] ?? 0
    expect(gate(ledger, post)).toBeNull()
    publish(ledger, post)
  }
})

test('a spent budget refuses no read, no deletion and nobody who does not say what for', () => {
  using ledger = openWith({ perHour: 1 })
  publish(ledger)
  const next = actionFor(account)
  expect(gate(ledger, next)).toMatchObject({ denied: 'budget' })
  for (const reads of ['interactive', 'background'] as const) expect(gate(ledger, next, reads)).toBeNull()
  expect(gate(ledger)).toBeNull()
})

test('a spent budget holds up nothing that has begun: not what is unknown, not what is live, not the rest of a thread', () => {
  using ledger = openWith({ perHour: 3 })
  const live = publish(ledger)
  const thread = publish(ledger, actionFor(account, { segments: 2 }))
  expect(gate(ledger, actionFor(account))).toMatchObject({ denied: 'budget' })
  expect(gate(ledger, live)).toBeNull()
  expect(gate(ledger, thread)).toBeNull()

  using other = openWith({ perHour: 1 })
  const unknown = actionFor(account)
  other.ask(unknown)
  expect(gate(other, unknown)).toBeNull()
  expect(gate(other, actionFor(account))).toMatchObject({ denied: 'budget' })
})

test('what can never fit is asked for again later, and what is too late is told so under a lease', () => {
  using ledger = openWith({ perHour: 2 })
  const tooLong = actionFor(account, { segments: 3, notAfter: new Date(ledger.now + MINUTE).toISOString() })
  expect(gate(ledger, tooLong)).toMatchObject({ denied: 'budget', retryAt: ledger.now + 30 * SECOND })
  ledger.pass(MINUTE)
  expect(gate(ledger, tooLong)).toBeNull()
})

test('while another post of a paused account is looked for, the lease of a fresh one is refused all the same', () => {
  using ledger = openWith({})
  const unknown = actionFor(account)
  ledger.ask(unknown)
  ledger.do('pause', account, { reason: 'a rest', until: null, by: 'operator' })
  expect(gate(ledger, unknown)).toBeNull()
  expect(gate(ledger, actionFor(account))).toMatchObject({ denied: 'account_paused' })
})

test('a lease is refused for its budget exactly when begin would be, and until the same moment', () => {
  const budget = fc.record({
    perHour: fc.integer({ min: 1, max: 4 }),
    perDay: fc.integer({ min: 1, max: 8 }),
    minGapSeconds: fc.integer({ min: 0, max: 600 }),
  })
  const arrival = fc.record({ wait: fc.integer({ min: 0, max: 900 }), segments: fc.integer({ min: 1, max: 3 }) })
  fc.assert(
    fc.property(budget, fc.array(arrival, { maxLength: 12 }), (post, arrivals) => {
      using ledger = openWith(post)
      const posts: BeginAction[] = []
      for (const { wait, segments } of arrivals) {
        ledger.pass(wait * SECOND)
        posts.push(
          actionFor(account, { segments, notAfter: new Date(ledger.now + 30 * 24 * 60 * MINUTE).toISOString() }),
        )
        for (const action of posts) {
          const denied = gate(ledger, action)
          const answer = ledger.ask(action)
          const begun = answer.answer === 'refused' ? answer : undefined
          expect(denied?.denied).toBe(begun?.reason)
          if (begun !== undefined && begun.until !== null) expect(denied?.retryAt).toBe(Date.parse(begun.until))
        }
      }
    }),
    { numRuns: 25 },
  )
})
