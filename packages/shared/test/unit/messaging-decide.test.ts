import { RUNGS, type Rung } from '@surepost/shared/contracts'
import {
  ContractError,
  PermanentError,
  SessionError,
  ThrottledError,
  TransientError,
  UnavailableError,
  UnknownOutcomeError,
} from '@surepost/shared/errors'
import { answer, done, longestRungWithin, outcomeOfError, reject, retry, snooze } from '@surepost/shared/messaging'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide, whenToHandle } from '../../src/messaging/decide.ts'

const NOW = Date.parse('2026-01-31T12:00:00.000Z')
const names = Object.keys(RUNGS) as Rung[]
const rungLists = fc.subarray(names)
const delays = fc.integer({ min: -86_400_000, max: 40 * 86_400_000 })

describe('a retry', () => {
  test('walks the contract’s rungs one attempt at a time and is then buried with its cause', () => {
    fc.assert(
      fc.property(rungLists, (rungs) => {
        const cause = new Error('no luck')
        const walked: Rung[] = []
        let attempt = 1
        for (;;) {
          const decision = decide(retry(cause), { attempt, rungs, now: NOW })
          if (decision.do === 'bury') {
            expect(decision).toMatchObject({ cause, reason: expect.stringContaining('no luck') })
            break
          }
          if (decision.do !== 'delay') throw new Error(`a retry became ${decision.do}`)
          expect(decision.attempt).toBe(attempt + 1)
          expect(decision.notBefore).toBeUndefined()
          walked.push(decision.rung)
          attempt = decision.attempt
        }
        expect(walked).toEqual(rungs)
      }),
    )
  })
})

describe('a snooze', () => {
  test('spends no attempt and never waits past its time, the shortest rung excepted', () => {
    fc.assert(
      fc.property(delays, fc.integer({ min: 1, max: 9 }), rungLists, (ms, attempt, rungs) => {
        const until = new Date(NOW + ms)
        const decision = decide(snooze(until, 'later'), { attempt, rungs, now: NOW })
        if (decision.do !== 'delay') throw new Error(`a snooze became ${decision.do}`)
        expect(decision.attempt).toBe(attempt)
        expect(decision.notBefore).toEqual(until)
        expect(RUNGS[decision.rung]).toBeLessThanOrEqual(Math.max(ms, RUNGS['1s']))
      }),
    )
  })
})

describe('a time not to be handled before', () => {
  test('is reached in few hops, and never handled early', () => {
    fc.assert(
      fc.property(delays, (ms) => {
        let now = NOW
        let hops = 0
        for (;;) {
          const step = whenToHandle(NOW + ms, now)
          if (step.handle === 'now') break
          if (step.handle === 'after') {
            expect(step.ms).toBeLessThan(RUNGS['1s'])
            now += step.ms
          } else {
            now += RUNGS[step.rung]
            hops += 1
          }
          expect(now).toBeLessThanOrEqual(NOW + Math.max(ms, 0))
        }
        expect(now).toBe(NOW + Math.max(ms, 0))
        // The hours, and at most 5, 4, 3, 5 and 4 hops on the rungs below.
        expect(hops).toBeLessThanOrEqual(Math.floor(Math.max(ms, 0) / RUNGS['1h']) + 21)
      }),
    )
  })

  test('takes the longest rung that ends in time', () => {
    expect(longestRungWithin(999)).toBeUndefined()
    expect(longestRungWithin(1_000)).toBe('1s')
    expect(longestRungWithin(29_999)).toBe('5s')
    expect(longestRungWithin(86_400_000)).toBe('1h')
  })

  test('that is not given or has passed means now', () => {
    expect(whenToHandle(undefined, NOW)).toEqual({ handle: 'now' })
    expect(whenToHandle(NOW, NOW)).toEqual({ handle: 'now' })
  })
})

test('done, answer and reject lead to an ack, an answer and the dead queue', () => {
  const standing = { attempt: 1, rungs: names, now: NOW }
  const cause = new Error('why')
  expect(decide(done, standing)).toEqual({ do: 'ack' })
  expect(decide(answer({ a: 1 }), standing)).toEqual({ do: 'answer', body: { a: 1 } })
  expect(decide(reject('bad', cause), standing)).toEqual({ do: 'bury', reason: 'bad', cause })
})

describe('the outcome of an error is its consequence', () => {
  test.each([
    new TransientError('a blip'),
    new UnavailableError('database', 'away'),
    new UnknownOutcomeError('not seen'),
    new TypeError('a bug'),
    'a string',
  ])('%s: another attempt', (error) => {
    expect(outcomeOfError(error)).toEqual(retry(error))
  })

  test('throttled: wait until the time that was given, at no cost', () => {
    const until = new Date(NOW + 60_000)
    expect(outcomeOfError(new ThrottledError('slow down', until))).toEqual(snooze(until, 'slow down'))
  })

  test('a session that a person must look at: wait, at no cost', () => {
    const outcome = outcomeOfError(new SessionError('acme', 'challenge', 'a challenge'), NOW)
    expect(outcome).toEqual(snooze(new Date(NOW + 300_000), 'a challenge'))
  })

  test.each([
    [new PermanentError('too_long', '281 characters'), 'too_long: 281 characters'],
    [new ContractError('not a post'), 'not a post'],
  ])('%s: the dead queue at once', (error, reason) => {
    expect(outcomeOfError(error)).toEqual(reject(reason, error))
  })
})
