import { PlatformId } from '@surepost/shared/contracts'
import { describe, expect, it } from 'vitest'
import { type Answer, isDeleted, outcomeOfCreate, timeOfId } from '../../src/x/answers.ts'

const ID = PlatformId.parse('1990000000000000001')
const NOW = new Date('2026-01-31T12:00:00.000Z')
const urlOf = (id: string): string => `https://x.com/us/status/${id}`

const answer = (body: unknown, status = 200, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body,
})
const outcome = (...given: Parameters<typeof answer>) => outcomeOfCreate(answer(...given), urlOf, NOW)
const created = (result: object): object => ({ data: { create_tweet: { tweet_results: { result } } } })
const refused = (code: number): object => ({ errors: [{ message: `Refused. (${code})`, code }], data: {} })

describe('the answer to a create', () => {
  it.each([
    ['rest_id', created({ rest_id: ID })],
    ['tweet.rest_id', created({ __typename: 'TweetWithVisibilityResults', tweet: { rest_id: ID } })],
    ['legacy.id_str', created({ legacy: { id_str: ID } })],
    ['a long post', { data: { notetweet_create: { tweet_results: { result: { rest_id: ID } } } } }],
    ['an id beside an error', { ...created({ rest_id: ID }), errors: [{ code: 131, message: 'also this' }] }],
  ])('gives the id at %s', (_where, body) => {
    expect(outcome(body)).toEqual({ outcome: 'created', platformId: ID, url: urlOf(ID), publishedAt: timeOfId(ID) })
  })

  it.each([
    [187, { kind: 'duplicate' }],
    [226, { kind: 'automation' }],
    [185, { kind: 'throttled', until: new Date('2026-01-31T12:30:00.000Z') }],
    [344, { kind: 'throttled', until: new Date('2026-01-31T12:30:00.000Z') }],
    [88, { kind: 'throttled', until: new Date('2026-01-31T12:15:00.000Z') }],
    [186, { kind: 'rejected', code: 'too_long' }],
    [324, { kind: 'rejected', code: 'media' }],
    [433, { kind: 'rejected', code: 'replies_restricted' }],
    [64, { kind: 'session', trouble: 'suspended' }],
    [326, { kind: 'session', trouble: 'locked' }],
    [32, { kind: 'session', trouble: 'signed_out' }],
    [353, { kind: 'session', trouble: 'signed_out' }],
    [385, { kind: 'parent_gone' }],
    [144, { kind: 'parent_gone' }],
  ])('says a certain no with code %i', (code, refusal) => {
    expect(outcome(refused(code))).toMatchObject({ outcome: 'not_created', refusal })
  })

  it('takes the moment at which a limit ends from its header', () => {
    const until = new Date('2026-01-31T13:00:00.000Z')
    const headers = { 'x-rate-limit-reset': String(until.getTime() / 1000) }
    expect(outcome({}, 429, headers)).toMatchObject({ outcome: 'not_created', refusal: { kind: 'throttled', until } })
    expect(outcome(refused(344), 200, headers)).toMatchObject({ refusal: { until } })
  })

  it('waits a window when a limit does not say when it ends', () => {
    const until = new Date('2026-01-31T12:15:00.000Z')
    expect(outcome(undefined, 429)).toMatchObject({ refusal: { kind: 'throttled', until } })
    expect(outcome(undefined, 429, { 'x-rate-limit-reset': 'soon' })).toMatchObject({ refusal: { until } })
  })

  it.each([
    ['an error that can follow a create', refused(131), 200],
    ['an error that is not known', refused(99_999), 200],
    ['an error without a code', { errors: [{ message: 'Something went wrong.' }] }, 200],
    ['a failure of the server', { errors: [{ code: 130, message: 'Over capacity' }] }, 503],
    ['a failure of the server with an id in it', created({ rest_id: ID }), 500],
    ['no JSON', undefined, 200],
    ['nothing', {}, 200],
    ['an id that is none', created({ rest_id: 'pending_1' }), 200],
    ['a millisecond time for an id', created({ rest_id: '1769860800000' }), 200],
    ['a no without a reason', {}, 403],
  ])('leaves the outcome unknown after %s', (_what, body, status) => {
    expect(outcome(body, status)).toMatchObject({ outcome: 'unknown' })
  })
})

describe('the answer to a delete', () => {
  it('is believed when it says deleted, or that there is no such post', () => {
    expect(isDeleted(answer({ data: { delete_tweet: { tweet_results: {} } } }))).toBe(true)
    expect(isDeleted(answer(refused(144)))).toBe(true)
  })

  it('is not believed otherwise', () => {
    expect(isDeleted(answer(refused(131)))).toBe(false)
    expect(isDeleted(answer(undefined))).toBe(false)
    expect(isDeleted(answer({ data: { delete_tweet: {} } }, 500))).toBe(false)
  })
})

describe('an id', () => {
  it('tells the moment it was made', () => {
    expect(timeOfId(PlatformId.parse('1981398750557065646')).toISOString()).toBe('2025-10-23T16:34:09.398Z')
  })
})
