import { AccountId, type BeginAction } from '@surepost/shared/contracts'
import { expect, test } from 'vitest'
import { HOUR } from '../../src/ledger/policy.ts'
import { actionFor, newPlatformId } from '../support/fixtures.ts'
import { MINUTE, SECOND, TestLedger } from '../support/ledger.ts'

const [stale, fresh] = [AccountId.parse('stale'), AccountId.parse('fresh')]
const budgets = { post: { perHour: 10, perDay: 60, minGapSeconds: 60 } }

/** Publish it as the poster does, if it may be begun; otherwise the time at which it is to be tried again. */
const publish = (ledger: TestLedger, action: BeginAction): number | null => {
  const lease = ledger.lease(action.account)
  const answer = ledger.begin(action, lease)
  if (answer.answer === 'fresh')
    ledger.do('complete', ledger.outcome(action, answer.attempt, lease), {
      platformId: newPlatformId(),
      url: 'https://x.com/i/status/1',
      publishedAt: ledger.now,
      source: 'response',
    })
  ledger.end(lease)
  if (answer.answer === 'refused' && answer.until !== null) return Date.parse(answer.until)
  expect(answer.answer).toBe('fresh')
  return null
}

test('all that an outage left of an account goes out spaced by its budget, and no post of another waits for it', () => {
  using ledger = new TestLedger()
  ledger.account('stale', budgets)
  ledger.account('fresh', budgets)
  const overdue = Array.from({ length: 40 }, () => actionFor(stale))
  const began = ledger.now
  // Every post comes when it was told to; a second may pass between two of them.
  const waiting = overdue.map((action, i) => ({ action, at: began + i * SECOND }))
  const published: number[] = []
  let freshAt: number | undefined
  let asked = 0
  while (waiting.length > 0) {
    waiting.sort((a, b) => a.at - b.at)
    const next = waiting.shift()
    if (next === undefined) break
    ledger.now = Math.max(ledger.now, next.at)
    asked += 1
    const until = publish(ledger, next.action)
    if (until === null) published.push(ledger.now)
    else {
      expect(until).toBeGreaterThan(ledger.now)
      waiting.push({ action: next.action, at: until })
    }
    if (published.length === 3 && freshAt === undefined) {
      expect(publish(ledger, actionFor(fresh))).toBeNull()
      freshAt = ledger.now
    }
  }
  expect(freshAt).toBeLessThan(began + 10 * MINUTE)
  expect(published).toHaveLength(overdue.length)
  for (const [i, at] of published.entries()) {
    if (i > 0) expect(at - (published[i - 1] ?? 0)).toBeGreaterThanOrEqual(60 * SECOND)
    expect(published.filter((other) => other > at - HOUR && other <= at).length).toBeLessThanOrEqual(10)
  }
  // No slower than the budget allows, and each asked twice or so, not again and again.
  expect((published.at(-1) ?? 0) - began).toBeLessThan(3 * HOUR + 15 * MINUTE)
  expect(asked).toBeLessThanOrEqual(3 * overdue.length)
})
