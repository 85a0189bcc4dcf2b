import { isolate } from '@surepost/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestConsole, testConsole } from './fixture.ts'

const env = await isolate()
let api: TestConsole
beforeAll(async () => {
  api = await testConsole(env)
})
afterAll(() => api[Symbol.asyncDispose]())

const post = (more: object = {}) => ({ account: 'ada', segments: [{ text: 'hello' }], ...more })
const at = (ms: number) => new Date(Date.now() + ms).toISOString()
const YEAR = 366 * 24 * 60 * 60 * 1_000
const json = { 'content-type': 'application/json' }

test.each([
  ['an empty text', post({ segments: [{ text: '  ' }] }), 422, 'segments.0.text', 'segment 1 is empty'],
  [
    'an over-long text',
    post({ segments: [{ text: 'ok' }, { text: '字'.repeat(141) }] }),
    422,
    'segments.1.text',
    'segment 2 has a weighted length of 282; the limit is 280',
  ],
  ['an unknown account', post({ account: 'nobody' }), 422, 'account', 'there is no account "nobody"; there are: ada'],
  ['an account that is no name', post({ account: 'No Body' }), 422, 'account', 'lower-case'],
  ['a schedule in the past', post({ scheduledAt: at(-60_000) }), 422, 'scheduledAt', 'is in the past'],
  ['a schedule beyond the horizon', post({ scheduledAt: at(YEAR) }), 422, 'scheduledAt', 'the horizon is 365 days'],
  [
    'an unknown image',
    post({ segments: [{ text: '', media: [{ id: 'a'.repeat(64) }] }] }),
    422,
    'segments.0.media.0.id',
    'upload it with POST /v1/media',
  ],
  ['no segments', post({ segments: [] }), 422, 'segments', 'at least one'],
  [
    'too many segments',
    post({ segments: Array.from({ length: 26 }, () => ({ text: 'x' })) }),
    422,
    'segments',
    'up to 25',
  ],
  ['an unknown field', post({ schedule: at(0) }), 422, '', 'schedule'],
  ['a NUL in a text', post({ segments: [{ text: 'a\0b' }] }), 422, 'segments.0.text', 'NUL'],
])('%s is refused with where and why', async (_what, body, status, path, sentence) => {
  const answer = await api.call('POST', '/v1/posts', body)
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  expect(answer.body).toMatchObject({ type: 'urn:surepost:problem:invalid', title: expect.any(String), status })
  expect(answer.body.errors).toContainEqual({ path, message: expect.stringContaining(sentence) })
  expect(answer.body.detail).toContain(sentence)
})

test.each([
  ['a body that is not JSON', '{"account": ada}', json, 400, 'not-json'],
  ['a body cut short', '{"account":', json, 400, 'not-json'],
  ['no content type', '{}', { 'content-type': '' }, 415, 'content-type'],
  ['a form', 'account=ada', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'content-type'],
  [
    'a body over the limit',
    JSON.stringify(post({ segments: [{ text: 'x'.repeat(3_000_000) }] })),
    json,
    413,
    'too-large',
  ],
  [
    'a body in a charset we do not read',
    '{}',
    { 'content-type': 'application/json; charset=martian' },
    415,
    'content-type',
  ],
  ['no body', undefined, {}, 422, 'invalid'],
  ['a bad Idempotency-Key', JSON.stringify(post()), { ...json, 'idempotency-key': 'two words' }, 400, 'bad-request'],
])('%s is refused', async (_what, body, headers, status, kind) => {
  const answer = await api.call('POST', '/v1/posts', body, headers)
  expect([answer.status, answer.body.type]).toEqual([status, `urn:surepost:problem:${kind}`])
  expect(answer.body.detail.length).toBeGreaterThan(20)
})

test.each([
  ['a post that is not there', 'GET', '/v1/posts/0190a000-0000-7000-8000-000000000000', undefined, 404],
  ['an id that is none', 'GET', '/v1/posts/1', undefined, 422],
  ['a cursor that is none of ours', 'GET', '/v1/posts?cursor=abc', undefined, 422],
  ['an unknown state', 'GET', '/v1/posts?state=published', undefined, 422],
  ['an unknown parameter', 'GET', '/v1/posts?status=live', undefined, 422],
  ['a limit out of range', 'GET', '/v1/posts?limit=1000', undefined, 422],
  ['a path that is not there', 'GET', '/v1/post', undefined, 404],
  ['a method that is not there', 'DELETE', '/v1/posts', undefined, 405],
  ['a path that cannot be decoded', 'GET', '/v1/posts/%E0%A4%A', undefined, 400],
  ['cancelling what is not there', 'POST', '/v1/posts/0190a000-0000-7000-8000-000000000000/cancel', undefined, 404],
  ['pausing an unknown account', 'POST', '/v1/accounts/nobody/pause', {}, 404],
  ['an account without a handle', 'PUT', '/v1/accounts/bob', { platform: 'x' }, 422],
  ['a session that is no storage state', 'PUT', '/v1/accounts/ada/session', { token: 'secret' }, 422],
])('%s is a problem', async (_what, method, path, body, status) => {
  const answer = await api.call(method, path, body)
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  expect(answer.body.status).toBe(status)
})

test.each([
  ['text', Buffer.from('not an image'), 415, 'PNG, JPEG, GIF or WebP'],
  ['nothing', Buffer.alloc(0), 422, 'empty'],
  ['more than 5 MB', Buffer.alloc(5 * 1024 * 1024 + 1), 413, 'larger'],
])('an image that is %s is refused', async (_what, bytes, status, sentence) => {
  const answer = await api.call('POST', '/v1/media', bytes, { 'content-type': 'image/png' })
  expect([answer.status, answer.body.detail]).toEqual([status, expect.stringContaining(sentence)])
})

test('the words of a refused session are not repeated', async () => {
  const { body } = await api.call('PUT', '/v1/accounts/ada/session', { cookies: 'auth_token=topsecret' })
  expect(JSON.stringify(body)).not.toContain('topsecret')
})

test.each([{}, { authorization: 'Bearer wrong' }, { authorization: 'Basic YTpi' }])(
  '%j is no API key',
  async (headers) => {
    const answer = await fetch(new URL('/v1/posts', api.url), { headers })
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="surepost"'])
  },
)
