import { describe, expect, it } from 'vitest'
import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai'
import * as fc from 'fast-check'
import { roomFor } from '../../src/drafting/budget.ts'
import { failureOf } from '../../src/drafting/model.ts'
import { createRest } from '../../src/drafting/rest.ts'
import { waitFor } from '../../src/drafting/wait.ts'

const now = new Date('2026-01-01T12:00:00.000Z')
const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1_000)
const failure = (status: number, code: string | null = null, headers: Record<string, string> = {}) =>
  failureOf(APIError.generate(status, { error: { code, message: 'm' } }, 'm', new Headers(headers)), now)

describe('a request to the model that fails', () => {
  it.each([
    [429, null, { 'retry-after': '7' }, 'rate', later(7)],
    [429, null, { 'retry-after-ms': '1500' }, 'rate', later(1.5)],
    [429, null, {}, 'rate', null],
    [429, 'insufficient_quota', {}, 'quota', null],
    [429, 'insufficient_quota', { 'retry-after': 'Thu, 01 Jan 2026 13:00:00 GMT' }, 'quota', later(3_600)],
    [402, null, {}, 'quota', null],
    [401, null, {}, 'authentication', null],
    [403, null, {}, 'authentication', null],
    [408, null, {}, 'timeout', null],
    [500, null, {}, 'server', null],
    [503, null, { 'retry-after': '2' }, 'server', later(2)],
    [404, 'model_not_found', {}, 'request', null],
    [400, null, {}, 'request', null],
  ] as const)('with %i %s %j is a failure of the category %s', (status, code, headers, category, until) => {
    expect(failure(status, code, headers)).toMatchObject({ kind: 'failed', category, until })
  })
  it('because of what it would say is a refusal', () => {
    expect(failure(400, 'content_filter')).toMatchObject({ kind: 'refused' })
  })
  it('without an answer is a timeout or the server’s failure', () => {
    expect(failureOf(new APIConnectionTimeoutError(), now)).toMatchObject({ category: 'timeout' })
    expect(failureOf(new APIConnectionError({}), now)).toMatchObject({ category: 'server' })
    expect(failureOf(new SyntaxError('no JSON'), now)).toMatchObject({ category: 'server' })
  })
})

describe('a wait', () => {
  const pauses = { restMs: 60_000 }
  const wait = (category: Parameters<typeof waitFor>[0], said: Date | null = null, failures = 0) =>
    waitFor(category, said, failures, pauses, now)
  it('for a quota or a key stops everybody, alerts, and lasts as long as was said or configured', () => {
    expect(wait('quota')).toMatchObject({ until: later(60), everybody: true, alert: { severity: 'warning' } })
    expect(wait('quota', later(7_200))).toMatchObject({ until: later(7_200) })
    expect(wait('authentication')).toMatchObject({ until: later(60), everybody: true, alert: { severity: 'critical' } })
  })
  it('for a rate stops everybody for as long as was said, and alerts nobody', () => {
    expect(wait('rate', later(7))).toMatchObject({ until: later(7), everybody: true, alert: null })
  })
  it('for the day’s budget lasts until the next UTC day', () => {
    expect(wait('budget')).toMatchObject({ until: new Date('2026-01-02T00:00:00.000Z'), everybody: true })
  })
  it('for a timeout or a server is one mention’s, and doubles', () => {
    expect([0, 1, 2, 20].map((failures) => wait('server', null, failures).until)).toEqual([5, 10, 20, 600].map(later))
    expect(wait('timeout').everybody).toBe(false)
  })
  it('never lasts longer than a day, nor ends before it began', () => {
    expect(wait('quota', later(10 * 86_400)).until).toEqual(later(86_400))
    expect(wait('rate', later(-5)).until).toEqual(now)
  })
})

describe('the rest of the model', () => {
  it('holds until its time, and the longer one stands', () => {
    const rest = createRest()
    rest.begin({ category: 'quota', until: later(60), reason: 'used up' })
    rest.begin({ category: 'rate', until: later(5), reason: 'too many' })
    expect(rest.now(later(59))?.category).toBe('quota')
    expect(rest.now(later(60))).toBeUndefined()
  })
  it('ends the alerts that may stand after a start, then those that it began', () => {
    const rest = createRest()
    expect(rest.well()).toEqual(['quota', 'authentication', 'budget'])
    expect(rest.well()).toEqual([])
    rest.begin({ category: 'rate', until: later(5), reason: 'too many' })
    rest.begin({ category: 'quota', until: later(60), reason: 'used up' })
    expect(rest.well()).toEqual(['quota'])
  })
})

describe('the day’s budget', () => {
  const most = { tokens: 100, costMicros: 10 }
  it('holds whatever the decisions under way come to', () => {
    fc.assert(
      fc.property(
        fc.nat(5_000),
        fc.nat(2_000),
        fc.array(fc.nat(100), { minLength: 1, maxLength: 60 }),
        (tokens, already, comesTo) => {
          const budget = { tokens, costMicros: 1_000_000 }
          const spent = { day: '2026-01-01', tokens: already, costMicros: 0 }
          const used = comesTo.filter((_, ahead) => roomFor(budget, most, spent, ahead) === 'room')
          return already + used.reduce((sum, one) => sum + one, 0) <= Math.max(tokens, already)
        },
      ),
    )
  })
  it('says whether others may need what is left, or nothing is', () => {
    const spent = { day: '2026-01-01', tokens: 150, costMicros: 0 }
    expect(roomFor({ tokens: 250, costMicros: 1_000 }, most, spent, 0)).toBe('room')
    expect(roomFor({ tokens: 250, costMicros: 1_000 }, most, spent, 1)).toBe('crowded')
    expect(roomFor({ tokens: 249, costMicros: 1_000 }, most, spent, 0)).toBe('spent')
    expect(roomFor({ tokens: 9_999, costMicros: 9 }, most, spent, 0)).toBe('spent')
  })
})
