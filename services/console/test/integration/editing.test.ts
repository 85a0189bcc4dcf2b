import { DeleteSegment, SegmentPublished, newId } from '@surepost/shared/contracts'
import { type Delivery, done, handle } from '@surepost/shared/messaging'
import { eventually, isolate } from '@surepost/testkit'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { SegmentAnswer } from '../../src/api/shapes.ts'
import { type TestConsole, testConsole } from './fixture.ts'
import { type Recorder, recorder } from './recorder.ts'

const env = await isolate()
let api: TestConsole
let recorded: Recorder
const deletions: Delivery<{ postId: string; segment: number; platformId: string; by: string }>[] = []

beforeAll(async () => {
  api = await testConsole(env)
  recorded = await recorder(env, api.bus)
  const take = handle(DeleteSegment, async (delivery) => {
    deletions.push(delivery)
    return done
  })
  await api.bus.consume([take], { prefetch: 1, shard: 0 })
})
beforeEach(() => void Object.assign(api.broker, { revise: 'revised', twin: null }))
afterAll(async () => {
  await recorded[Symbol.asyncDispose]()
  await api[Symbol.asyncDispose]()
})

const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
const submit = async (text: string, more: object = {}) =>
  (await api.call('POST', '/v1/posts', { account: 'ada', segments: [{ text }], scheduledAt: tomorrow, ...more })).body
const patch = (id: string, body: object) => api.call('PATCH', `/v1/posts/${id}`, body)
const recordedState = async (id: string, state: string) =>
  eventually(async () => {
    const { status, body } = await api.call('GET', `/v1/posts/${id}`)
    // Before it is recorded the console tells of a post as it saw it; the record may come to it in two steps.
    const isRecorded = state !== 'live' || body.segments.every((segment: SegmentAnswer) => segment.recordedAt !== null)
    return status === 200 && body.state === state && isRecorded && body
  })

test('an edit makes the next revision, which waits for an approval of its own', async () => {
  const post = await submit('Helo')
  const { status, body } = await patch(post.id, { hash: post.hash, segments: [{ text: 'Hello' }] })
  expect([status, body.state, body.revision]).toEqual([200, 'review', 2])
  expect(body.hash).not.toBe(post.hash)
  expect(body.scheduledAt).toBe(post.scheduledAt)
  const read = await recordedState(post.id, 'review')
  expect(read.segments[0].text).toBe('Hello')

  const old = await api.call('POST', `/v1/posts/${post.id}/approve`, { hash: post.hash })
  expect(old.status).toBe(409)
  expect((await api.call('POST', `/v1/posts/${post.id}/approve`, { hash: body.hash })).status).toBe(202)
  await recordedState(post.id, 'scheduled')
})

test('the repeat of an edit is the same edit, and the ledger is asked once', async () => {
  const post = await submit('Twice')
  const edit = { hash: post.hash, segments: [{ text: 'Once' }] }
  const first = await patch(post.id, edit)
  const second = await patch(post.id, edit)
  expect([first.status, second.status, second.body.revision]).toEqual([200, 200, 2])
  const asked = api.broker.asked.filter(
    ({ type, body }) => type === 'post.revise' && JSON.stringify(body).includes(post.id),
  )
  expect(asked).toHaveLength(1)
})

test('a post is moved to another time without changing a word', async () => {
  const post = await submit('Later')
  const scheduledAt = new Date(Date.now() + 2 * 86_400_000).toISOString()
  const { body } = await patch(post.id, { hash: post.hash, scheduledAt })
  expect(body).toMatchObject({ state: 'review', revision: 2, scheduledAt, hash: post.hash })
})

test.each(['too_late', 'conflict'] as const)('an edit that is %s changes nothing and says so', async (result) => {
  const post = await submit(`Edited ${result}`)
  api.broker.revise = result
  const { status, body } = await patch(post.id, { hash: post.hash, segments: [{ text: 'Other' }] })
  expect([status, body.type, body.result]).toEqual([409, 'urn:surepost:problem:conflict', result])
  expect((await api.call('GET', `/v1/posts/${post.id}`)).body.revision).toBe(1)
})

test('an edit of something else than what was read, of nothing the platform takes, or of the past is refused', async () => {
  const post = await submit('Read me')
  const other = 'f'.repeat(64)
  expect((await patch(post.id, { hash: other, segments: [{ text: 'x' }] })).status).toBe(409)
  expect((await patch(post.id, { hash: post.hash, segments: [{ text: 'x'.repeat(300) }] })).status).toBe(422)
  expect((await patch(post.id, { hash: post.hash, scheduledAt: '2020-01-01T00:00:00Z' })).status).toBe(422)
  expect((await patch(post.id, { segments: [{ text: 'x' }] })).status).toBe(422)
})

test('a live segment is deleted only when its platform id is said once more', async () => {
  const post = await submit('Delete me', { scheduledAt: null })
  const platformId = '1990000000000000123'
  const nothing = await api.call('DELETE', `/v1/posts/${post.id}/segments/0?confirm=${platformId}`)
  expect(nothing.status).toBe(409)
  await api.bus.emit(SegmentPublished, {
    at: new Date().toISOString(),
    postId: post.id,
    revision: 1,
    segment: 0,
    account: post.account,
    platform: 'x',
    platformId,
    url: `https://x.com/ada/status/${platformId}`,
    publishedAt: new Date().toISOString(),
    source: 'response',
    ledger: { id: newId(), seq: 1 },
  })
  await recordedState(post.id, 'live')
  const unsure = await api.call('DELETE', `/v1/posts/${post.id}/segments/0`)
  expect([unsure.status, unsure.body.platformId]).toEqual([409, platformId])
  expect((await api.call('DELETE', `/v1/posts/${post.id}/segments/7?confirm=${platformId}`)).status).toBe(404)
  expect(deletions).toEqual([])
  const sure = await api.call('DELETE', `/v1/posts/${post.id}/segments/0?confirm=${platformId}`)
  expect([sure.status, sure.body.state]).toEqual([202, 'deleting'])
  await eventually(() => deletions.length === 1)
  expect(deletions[0]?.body).toMatchObject({ postId: post.id, segment: 0, platformId })
  expect(deletions[0]?.body.by).not.toBe('')
})

test('the kill switch is on once every ledger has said so, and off again', async () => {
  expect((await api.call('GET', '/v1/kill-switch')).body.on).toBe(false)
  const on = await api.call('POST', '/v1/kill-switch', { reason: 'fire' })
  expect(on.body).toMatchObject({ on: true, shards: [{ shard: 0, on: true, reason: 'fire' }] })
  expect((await api.call('GET', '/v1/kill-switch')).body).toEqual(on.body)
  expect((await api.call('DELETE', '/v1/kill-switch')).body.on).toBe(false)
  expect((await api.call('GET', '/v1/kill-switch')).body.on).toBe(false)
})

test('a text that is on the account already is refused with the first post’s id, unless it is due after its window', async () => {
  const first = newId()
  const until = new Date(Date.now() + 3_600_000).toISOString()
  api.broker.twin = { postId: first, platformId: '1990000000000000001', until }
  const body = { account: 'ada', segments: [{ text: 'Said before' }] }
  const refused = await api.call('POST', '/v1/posts', body)
  expect([refused.status, refused.body.type, refused.body.postId]).toEqual([
    409,
    'urn:surepost:problem:same-text',
    first,
  ])
  expect((await api.call('POST', '/v1/posts', { ...body, scheduledAt: tomorrow })).status).toBe(202)
})

test('a submission does not wait for a broker that cannot say whether its text is there', async () => {
  await api.call('GET', '/v1/accounts')
  api.broker.away = true
  const { status } = await api.call('POST', '/v1/posts', { account: 'ada', segments: [{ text: 'Nobody can say' }] })
  api.broker.away = false
  expect(status).toBe(202)
})

test('a person says what became of a segment, and the ledger takes it or says why not', async () => {
  const post = await submit('Where is it?', { segments: [{ text: 'one' }, { text: 'two' }] })
  const settle = (n: number, body: object) => api.call('POST', `/v1/posts/${post.id}/segments/${n}/settle`, body)
  expect((await settle(0, { live: { platformId: '1990000000000000001' } })).body.result).toBe('settled')
  expect(api.broker.asked.at(-1)?.body).toMatchObject({
    live: { url: 'https://x.com/ada_writes/status/1990000000000000001', publishedAt: '2025-11-16T10:12:27.069Z' },
  })
  expect((await settle(0, { live: false })).body.result).toBe('settled')
  expect(api.broker.asked.at(-1)?.body).toMatchObject({ live: null })
  const refused = await settle(1, { live: false })
  expect([refused.status, refused.body.detail]).toEqual([409, 'nothing is unknown'])
  expect((await settle(0, { live: true })).status).toBe(422)
})
