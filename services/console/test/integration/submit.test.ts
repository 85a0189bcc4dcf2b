import { eventually, isolate } from '@surepost/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestConsole, testConsole } from './fixture.ts'
import { type Recorder, recorder } from './recorder.ts'

const env = await isolate()
let api: TestConsole
let recorded: Recorder

beforeAll(async () => {
  api = await testConsole(env)
  recorded = await recorder(env, api.bus)
})
afterAll(async () => {
  await recorded[Symbol.asyncDispose]()
  await api[Symbol.asyncDispose]()
})

const post = (text: string, more: object = {}) => ({ account: 'ada', segments: [{ text }], ...more })
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

test('a post that is due now becomes a fact, a dispatch and a command, and then the 202', async () => {
  const { status, body, headers } = await api.call('POST', '/v1/posts', post('hello world'))
  expect(status).toBe(202)
  expect(headers.get('location')).toBe(`/v1/posts/${body.id}`)
  expect(body).toMatchObject({
    state: 'queued',
    account: 'ada',
    segments: [{ index: 0, state: 'queued', platformId: null, url: null, recordedAt: null, metrics: null }],
  })
  await eventually(() => recorded.commands.some((command) => command.body.postId === body.id))
  const [command] = recorded.commands.filter((c) => c.body.postId === body.id)
  expect(command?.body).toMatchObject({ account: 'ada', platform: 'x', revision: 1, hash: body.hash })
  await eventually(() => recorded.ofPost(body.id).length === 2)
  expect(new Set(recorded.ofPost(body.id).map((fact) => fact.type))).toEqual(
    new Set(['post.submitted', 'post.dispatched']),
  )
  const history = await api.call('GET', `/v1/posts/${body.id}/history`)
  expect(history.body.facts.map((fact: { type: string }) => fact.type)).toEqual(['post.submitted', 'post.dispatched'])
  const read = await eventually(async () => {
    const answer = await api.call('GET', `/v1/posts/${body.id}`)
    return answer.status === 200 && answer
  })
  expect(read.body).toEqual(body)
})

test('the same Idempotency-Key is the same post, with one submission and one command', async () => {
  const key = { 'idempotency-key': 'thread-1' }
  const first = await api.call('POST', '/v1/posts', post('once'), key)
  const second = await api.call('POST', '/v1/posts', post('once'), key)
  expect([first.status, second.status]).toEqual([202, 202])
  expect(second.body.id).toBe(first.body.id)
  const other = await api.call('POST', '/v1/posts', post('after it'))
  await eventually(() => recorded.commands.some((command) => command.body.postId === other.body.id))
  expect(recorded.commands.filter((command) => command.body.postId === first.body.id)).toHaveLength(1)
})

test('many repeats at once are one post', async () => {
  const key = { 'idempotency-key': 'burst' }
  const answers = await Promise.all(Array.from({ length: 10 }, () => api.call('POST', '/v1/posts', post('burst'), key)))
  expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1)
  const id = answers[0]?.body.id
  await eventually(() => recorded.ofPost(id).length > 1)
  expect(
    new Set(
      recorded
        .ofPost(id)
        .filter((f) => f.type === 'post.submitted')
        .map((f) => f.id),
    ).size,
  ).toBe(1)
})

test('the same Idempotency-Key with another body is refused, and names the post it stands for', async () => {
  const key = { 'idempotency-key': 'mine' }
  const { body } = await api.call('POST', '/v1/posts', post('first'), key)
  const second = await api.call('POST', '/v1/posts', post('second'), key)
  expect(second.status).toBe(409)
  expect(second.body).toMatchObject({ type: 'urn:surepost:problem:idempotency-conflict', id: body.id })
})

test('a key is remembered by the database when the console is not', async () => {
  const key = { 'idempotency-key': 'across a restart'.replaceAll(' ', '-') }
  const { body } = await api.call('POST', '/v1/posts', post('before'), key)
  await eventually(() => recorded.ofPost(body.id).length === 2)
  await using again = await testConsoleBeside()
  const repeat = await again.call('POST', '/v1/posts', post('before'), key)
  expect([repeat.status, repeat.body.id]).toEqual([202, body.id])
  const other = await again.call('POST', '/v1/posts', post('another'), key)
  expect(other.status).toBe(409)
  expect(recorded.commands.filter((command) => command.body.postId === body.id)).toHaveLength(1)
})
const testConsoleBeside = () => testConsole(env, { broker: api.broker })

test('a post without a key is given one that a repeat may use', async () => {
  const { body, headers } = await api.call('POST', '/v1/posts', post('keyless'))
  const repeat = await api.call('POST', '/v1/posts', post('keyless'), {
    'idempotency-key': headers.get('idempotency-key') ?? '',
  })
  expect(repeat.body.id).toBe(body.id)
})

test('a post scheduled inside the look-ahead is dispatched now, to be handled at its time', async () => {
  const scheduledAt = new Date(Date.now() + 2_500).toISOString()
  const { body } = await api.call('POST', '/v1/posts', post('soon', { scheduledAt }))
  expect(body).toMatchObject({ state: 'queued', scheduledAt })
  await eventually(() => recorded.commands.some((command) => command.body.postId === body.id))
  expect(Date.now()).toBeGreaterThanOrEqual(new Date(scheduledAt).getTime())
})

test('a post scheduled beyond the look-ahead waits in the record for its time', async () => {
  const scheduledAt = new Date(Date.now() + 3_600_000).toISOString()
  const { body } = await api.call('POST', '/v1/posts', post('later', { scheduledAt }))
  expect(body.state).toBe('scheduled')
  await eventually(() => recorded.ofPost(body.id).length === 1)
})

test('a post in review is not dispatched until it is approved as it was read', async () => {
  const { body } = await api.call('POST', '/v1/posts', post('please read', { approval: 'review' }))
  expect(body.state).toBe('review')
  const wrong = await api.call('POST', `/v1/posts/${body.id}/approve`, { hash: 'f'.repeat(64) })
  expect([wrong.status, wrong.body.hash]).toEqual([409, body.hash])
  const right = await api.call('POST', `/v1/posts/${body.id}/approve`, { hash: body.hash })
  expect([right.status, right.body]).toEqual([202, { id: body.id, state: 'queued' }])
  await eventually(() => recorded.commands.some((command) => command.body.postId === body.id))
  await eventually(() => recorded.ofPost(body.id).length === 3)
  // Facts are free of order: each is sent and confirmed on its own.
  expect(new Set(recorded.ofPost(body.id).map((fact) => fact.type))).toEqual(
    new Set(['post.submitted', 'post.approved', 'post.dispatched']),
  )
  const again = await api.call('POST', `/v1/posts/${body.id}/approve`, { hash: body.hash })
  expect(again.status).toBe(409)
})

test('a rejected post is cancelled by its ledger', async () => {
  const { body } = await api.call('POST', '/v1/posts', post('no', { approval: 'review' }))
  const rejected = await api.call('POST', `/v1/posts/${body.id}/reject`, { reason: 'not now' })
  expect([rejected.status, rejected.body]).toEqual([200, { result: 'cancelled' }])
  expect(api.broker.asked.at(-1)).toMatchObject({
    type: 'post.cancel',
    body: { postId: body.id, reason: 'rejected: not now' },
  })
})

test('an image is stored by its bytes and may be named by its id', async () => {
  const stored = await api.call('POST', '/v1/media', PNG, { 'content-type': 'image/gif' })
  expect([stored.status, stored.body.type]).toEqual([201, 'image/png'])
  const { id } = stored.body
  const shown = await fetch(new URL(`/v1/media/${id}`, api.url), {
    headers: { authorization: 'Bearer test-api-key-0123456789' },
  })
  expect([shown.headers.get('content-type'), Buffer.from(await shown.arrayBuffer()).equals(PNG)]).toEqual([
    'image/png',
    true,
  ])
  const { status, body } = await api.call('POST', '/v1/posts', {
    account: 'ada',
    segments: [{ media: [{ id, alt: 'a dot' }] }],
  })
  expect([status, body.segments[0].media]).toEqual([202, [{ id, alt: 'a dot' }]])
})

test('cancel answers what the ledger says', async () => {
  const { body } = await api.call('POST', '/v1/posts', post('cancel me'))
  expect((await api.call('POST', `/v1/posts/${body.id}/cancel`)).body).toEqual({ result: 'cancelled' })
  api.broker.cancel = 'too_late'
  const late = await api.call('POST', `/v1/posts/${body.id}/cancel`, { reason: 'typo' })
  api.broker.cancel = 'cancelled'
  expect([late.status, late.body]).toEqual([200, { result: 'too_late' }])
  expect(api.broker.asked.at(-1)?.body).toMatchObject({
    account: 'ada',
    reason: 'typo',
    by: expect.stringMatching(/^key-/),
  })
})
