import { AccountId, type BeginAnswer } from '@surepost/shared/contracts'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { earliestStart } from '../../src/ledger/budget.ts'
import type { Appointment, Spend } from '../../src/ledger/model.ts'
import { DAY, HOUR } from '../../src/ledger/policy.ts'
import { actionFor, newPlatformId } from '../support/fixtures.ts'
import { BIRTH, MINUTE, SECOND, TestLedger } from '../support/ledger.ts'

const account = AccountId.parse('acme')
const openWith = (post: { perHour: number; perDay: number; minGapSeconds: number }): TestLedger => {
  const ledger = new TestLedger()
  ledger.account('acme', { post })
  return ledger
}
const publish = (ledger: TestLedger, action = actionFor(account)): BeginAnswer => {
  const lease = ledger.lease(account)
  const answer = ledger.begin(action, lease)
  if (answer.answer === 'fresh')
    ledger.do('complete', ledger.outcome(action, answer.attempt, lease), {
      platformId: newPlatformId(),
      url: 'https://x.com/i/status/1',
      publishedAt: ledger.now,
      source: 'response',
    })
  ledger.end(lease)
  return answer
}
const untilOf = (answer: BeginAnswer): number => {
  if (answer.answer !== 'refused' || answer.until === null)
    throw new Error(`not refused with a time: ${JSON.stringify(answer)}`)
  return Date.parse(answer.until)
}

test('the hour and the day are counted from the ledger, and slide', () => {
  using ledger = openWith({ perHour: 2, perDay: 3, minGapSeconds: 0 })
  const first = ledger.now
  expect(publish(ledger).answer).toBe('fresh')
  ledger.pass(MINUTE)
  expect(publish(ledger).answer).toBe('fresh')
  expect(untilOf(publish(ledger))).toBe(first + HOUR)
  ledger.now = first + HOUR
  expect(publish(ledger).answer).toBe('fresh')
  ledger.pass(2 * HOUR)
  expect(untilOf(publish(ledger))).toBe(first + DAY)
})

test('abort gives its budget back, and nothing else does', () => {
  using ledger = openWith({ perHour: 1, perDay: 10, minGapSeconds: 0 })
  const action = actionFor(account)
  const lease = ledger.lease(account)
  ledger.begin(action, lease)
  expect(ledger.begin(actionFor(account), lease)).toMatchObject({ reason: 'budget' })
  ledger.do('abort', ledger.outcome(action, 1, lease), 'nothing was sent')
  expect(ledger.begin(actionFor(account), lease)).toMatchObject({ answer: 'fresh' })
})

test('what a lost ledger may have begun takes its unit, and holds nobody else up until its browser must be gone', () => {
  using ledger = openWith({ perHour: 2, perDay: 10, minGapSeconds: 0 })
  expect(ledger.ask(actionFor(account, { acceptedAt: new Date(BIRTH - 1).toISOString() })).answer).toBe('unknown')
  expect(publish(ledger).answer).toBe('fresh')
  expect(publish(ledger)).toMatchObject({ reason: 'budget' })
})

test('the gap is kept from what a lost ledger may still click', () => {
  using ledger = openWith({ perHour: 10, perDay: 10, minGapSeconds: 60 })
  ledger.ask(actionFor(account, { acceptedAt: new Date(BIRTH - 1).toISOString() }))
  ledger.pass(MINUTE)
  expect(untilOf(publish(ledger))).toBe(ledger.now + MINUTE)
})

test('an attempt that was found absent stays spent', () => {
  using ledger = openWith({ perHour: 1, perDay: 10, minGapSeconds: 0 })
  const action = actionFor(account)
  ledger.ask(action)
  ledger.pass(5 * MINUTE)
  const lease = ledger.lease(account)
  expect(ledger.do('absent', ledger.outcome(action, 1, lease), ledger.now)).toMatchObject({
    answer: 'refused',
    reason: 'budget',
  })
  ledger.pass(HOUR)
  ledger.end(lease)
  expect(ledger.ask(action)).toEqual({ answer: 'fresh', attempt: 2 })
})

test('the gap is kept from the last possible click, between posts and not inside a thread', () => {
  using ledger = openWith({ perHour: 100, perDay: 100, minGapSeconds: 60 })
  const thread = actionFor(account, { segments: 2 })
  const lease = ledger.lease(account)
  ledger.begin(thread, lease)
  ledger.pass(100 * SECOND)
  ledger.do('unknown', ledger.outcome(thread, 1, lease), 'frozen')
  ledger.pass(20 * SECOND)
  ledger.end(lease)
  const gone = ledger.now
  ledger.pass(10 * SECOND)
  expect(untilOf(publish(ledger))).toBe(gone + 60 * SECOND)
  const next = ledger.lease(account)
  ledger.do('complete', ledger.outcome(thread, 1, next), {
    platformId: newPlatformId(),
    url: 'https://x.com/i/status/1',
    publishedAt: gone,
    source: 'reconciled',
  })
  expect(ledger.begin({ ...thread, segment: 1, textHash: null }, next)).toMatchObject({ answer: 'fresh' })
})

test('a thread is reserved whole, and given back whole when its first segment is called off', () => {
  using ledger = openWith({ perHour: 3, perDay: 100, minGapSeconds: 0 })
  const thread = actionFor(account, { segments: 3 })
  const lease = ledger.lease(account)
  ledger.begin(thread, lease)
  expect(ledger.begin(actionFor(account), lease)).toMatchObject({ reason: 'budget' })
  ledger.do('abort', ledger.outcome(thread, 1, lease), 'nothing was sent')
  expect(ledger.begin(actionFor(account), lease)).toMatchObject({ answer: 'fresh' })
  expect(ledger.begin(thread, lease)).toMatchObject({ reason: 'budget' })
})

test('a later segment uses what was reserved for it, also after it was called off once', () => {
  using ledger = openWith({ perHour: 2, perDay: 100, minGapSeconds: 0 })
  const thread = actionFor(account, { segments: 2 })
  const second = { ...thread, segment: 1, textHash: null }
  const lease = ledger.lease(account)
  ledger.begin(thread, lease)
  ledger.do('complete', ledger.outcome(thread, 1, lease), {
    platformId: newPlatformId(),
    url: 'https://x.com/i/status/1',
    publishedAt: ledger.now,
    source: 'response',
  })
  expect(ledger.begin(second, lease)).toEqual({ answer: 'fresh', attempt: 1 })
  ledger.do('abort', ledger.outcome(second, 1, lease), 'nothing was sent')
  expect(ledger.begin(actionFor(account), lease)).toMatchObject({ reason: 'budget' })
  expect(ledger.begin(second, lease)).toEqual({ answer: 'fresh', attempt: 2 })
})

test('a thread that never fits is refused without a time', () => {
  using ledger = openWith({ perHour: 2, perDay: 100, minGapSeconds: 0 })
  expect(ledger.ask(actionFor(account, { segments: 3 }))).toMatchObject({
    answer: 'refused',
    reason: 'budget',
    until: null,
  })
})

test('refused posts get times of their own, keep them, and are served at them', () => {
  using ledger = openWith({ perHour: 100, perDay: 100, minGapSeconds: 60 })
  publish(ledger)
  const posts = Array.from({ length: 5 }, () => actionFor(account))
  const times = posts.map((post) => untilOf(ledger.ask(post)))
  expect(times).toEqual(times.map((_, i) => ledger.now + (i + 1) * 60 * SECOND))
  ledger.now = (times[0] ?? 0) - 10 * SECOND
  expect(untilOf(ledger.ask(actionFor(account)))).toBeGreaterThan(times.at(-1) ?? 0)
  for (const [i, post] of posts.entries()) {
    ledger.now = times[i] ?? 0
    expect(publish(ledger, post).answer).toBe('fresh')
  }
})

test('no time beyond notAfter is kept for anybody', () => {
  using ledger = openWith({ perHour: 1, perDay: 100, minGapSeconds: 0 })
  publish(ledger)
  const notAfter = new Date(ledger.now + MINUTE).toISOString()
  expect(untilOf(ledger.ask(actionFor(account, { notAfter })))).toBe(Date.parse(notAfter))
  expect(untilOf(ledger.ask(actionFor(account)))).toBe(ledger.now + HOUR)
})

test('any begin that earliestStart allows keeps every window and every gap', () => {
  const post = fc.record({
    gap: fc.integer({ min: 0, max: 900 }),
    perHour: fc.integer({ min: 1, max: 6 }),
    perDay: fc.integer({ min: 1, max: 20 }),
  })
  const arrivals = fc.array(
    fc.record({ wait: fc.integer({ min: 0, max: 1_500 }), size: fc.integer({ min: 1, max: 3 }) }),
    { maxLength: 40 },
  )
  fc.assert(
    fc.property(post, arrivals, ({ gap, perHour, perDay }, posts) => {
      const budget = { perHour, perDay, minGapSeconds: gap }
      let now = BIRTH
      const spends: Spend[] = []
      const starts: number[] = []
      for (const [n, { wait, size }] of posts.entries()) {
        now += wait * SECOND
        const id = actionFor(account).postId
        const at = earliestStart({ budget, need: size, postId: id, spends, appointments: [], from: now, now })
        if (at === null) {
          expect(size > perHour || size > perDay).toBe(true)
          continue
        }
        expect(at).toBeGreaterThanOrEqual(now)
        now = at
        for (let segment = 0; segment < size; segment++)
          spends.push({
            postId: id,
            revision: n + 1,
            segment,
            account,
            kind: 'post',
            attempt: 1,
            state: 'spent',
            at,
            clickedBy: at,
          })
        starts.push(at)
      }
      for (const [i, start] of starts.entries())
        if (i > 0) expect(start - (starts[i - 1] ?? 0)).toBeGreaterThanOrEqual(gap * SECOND)
      for (const { at } of spends) {
        const within = (age: number): number => spends.filter((s) => s.at <= at && s.at > at - age).length
        expect(within(HOUR)).toBeLessThanOrEqual(perHour)
        expect(within(DAY)).toBeLessThanOrEqual(perDay)
      }
    }),
    { numRuns: 200 },
  )
})

test('nobody is given the time that was given to another', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 20 }), (gap, count) => {
      const budget = { perHour: 1_000, perDay: 1_000, minGapSeconds: gap }
      const appointments: Appointment[] = []
      for (let i = 0; i < count; i++) {
        const { postId } = actionFor(account)
        const at = earliestStart({ budget, need: 1, postId, spends: [], appointments, from: BIRTH + 1, now: BIRTH })
        appointments.push({ postId, account, kind: 'post', at: at ?? 0, need: 1 })
      }
      const times = appointments.map((a) => a.at).toSorted((a, b) => a - b)
      for (const [i, at] of times.entries())
        if (i > 0) expect(at - (times[i - 1] ?? 0)).toBeGreaterThanOrEqual(gap * SECOND)
    }),
  )
})
