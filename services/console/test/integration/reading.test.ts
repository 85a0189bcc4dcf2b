import {
  AccountId,
  MetricsCollected,
  PlatformId,
  SegmentPublished,
  checkId,
  newId,
  submit,
  newPostId,
  type PostId,
} from '@surepost/shared/contracts'
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

const ada = AccountId.parse('ada')
const START = Date.parse('2026-01-01T00:00:00.000Z')

const submission = (n: number, account: AccountId, at: Date) => {
  const content = { segments: [{ text: `post ${n}`, media: [] }] }
  const { submitted } = submit(
    { postId: newPostId(), account, platform: 'x', content, client: 'c', approval: 'auto', scheduledAt: null },
    at,
  )
  return { id: submitted.id, type: 'post.submitted', body: submitted.body }
}
/** Posts into the record, at times of which every third is shared with its neighbour. */
const record = async (count: number, account: AccountId): Promise<PostId[]> => {
  const facts = Array.from({ length: count }, (_, n) =>
    submission(n, account, new Date(START + (n - (n % 3 === 0 ? 1 : 0)) * 1_000)),
  )
  await recorded.apply(facts)
  return facts.map((fact) => fact.body.postId)
}
const published = (postId: PostId, platformId: string) => ({
  id: newId(),
  type: SegmentPublished.type,
  body: {
    at: '2026-01-01T01:00:00.000Z',
    postId,
    revision: 1,
    segment: 0,
    account: ada,
    platform: 'x',
    platformId: PlatformId.parse(platformId),
    url: `https://x.com/ada_writes/status/${platformId}`,
    publishedAt: '2026-01-01T00:59:59.000Z',
    source: 'response',
    ledger: null,
  },
})

const ids = (answer: { body: { posts: { id: string }[] } }) => answer.body.posts.map(({ id }) => id)

test('pages neither repeat nor skip a post, while others arrive', async () => {
  const account = AccountId.parse('paging')
  const wanted = await record(23, account)
  const seen: string[] = []
  let path = '/v1/posts?account=paging&limit=5'
  for (let page = 0; page < 10; page += 1) {
    const answer = await api.call('GET', path)
    expect(answer.status).toBe(200)
    seen.push(...ids(answer))
    if (answer.body.next === null) break
    path = `/v1/posts?account=paging&limit=5&cursor=${answer.body.next}`
    await recorded.apply([submission(100 + page, account, new Date())])
  }
  expect(seen).toHaveLength(23)
  expect(new Set(seen)).toEqual(new Set(wanted))
})

test('a list can be narrowed by state and account', async () => {
  const [id = newPostId()] = await record(2, ada)
  await recorded.apply([published(id, '1800000000000000001')])
  expect(ids(await api.call('GET', '/v1/posts?account=ada&state=live'))).toEqual([id])
  expect(ids(await api.call('GET', '/v1/posts?account=ada&state=live,accepted'))).toHaveLength(2)
  expect(ids(await api.call('GET', '/v1/posts?account=nobody'))).toEqual([])
})

test('a live segment shows its id, its link, when it was recorded and its latest figures; an unseen figure is null', async () => {
  const [postId = newPostId()] = await record(1, ada)
  const metrics = { replies: 1, reposts: 0, quotes: null, likes: 5, bookmarks: null, views: 120 }
  await recorded.apply([
    published(postId, '1800000000000000002'),
    {
      id: newId(),
      type: MetricsCollected.type,
      body: {
        at: '2026-01-01T02:00:00.000Z',
        postId,
        checkId: checkId(postId, 0, 900),
        segment: 0,
        platformId: '1800000000000000002',
        metrics,
        suspect: null,
      },
    },
  ])
  const { body } = await api.call('GET', `/v1/posts/${postId}`)
  expect(body).toMatchObject({ id: postId, state: 'live', account: 'ada', submittedAt: expect.stringMatching(/Z$/) })
  expect(body.segments).toEqual([
    {
      index: 0,
      state: 'live',
      missing: false,
      text: 'post 0',
      media: [],
      platformId: '1800000000000000002',
      url: 'https://x.com/ada_writes/status/1800000000000000002',
      publishedAt: '2026-01-01T00:59:59.000Z',
      recordedAt: expect.stringMatching(/^20.*Z$/),
      metrics,
      measuredAt: '2026-01-01T02:00:00.000Z',
    },
  ])
})

test('the history of a post is its facts, oldest first', async () => {
  const [postId = newPostId()] = await record(1, ada)
  await recorded.apply([published(postId, '1800000000000000003')])
  const { status, body } = await api.call('GET', `/v1/posts/${postId}/history`)
  expect(status).toBe(200)
  expect(body.facts.map((fact: { type: string }) => fact.type)).toEqual(['post.submitted', 'post.segment_published'])
  expect(body.facts[1]).toMatchObject({ at: '2026-01-01T01:00:00.000Z', body: { platformId: '1800000000000000003' } })
  expect((await api.call('GET', `/v1/posts/${newPostId()}/history`)).status).toBe(404)
})

test('a post of which the submission is not recorded yet is not in the list', async () => {
  const stub = newPostId()
  await recorded.apply([published(stub, '1800000000000000004')])
  expect(ids(await api.call('GET', '/v1/posts?limit=100'))).not.toContain(stub)
  expect((await api.call('GET', `/v1/posts/${stub}`)).status).toBe(404)
})

test('the overview counts, and knows the queues and the pool', async () => {
  const { body: sent } = await api.call('POST', '/v1/posts', { account: 'ada', segments: [{ text: 'now' }] })
  await eventually(() => recorded.ofPost(sent.id).length === 2)
  const { body } = await eventually(async () => {
    const answer = await api.call('GET', '/v1/overview')
    return answer.body.queues !== null && answer
  })
  expect(body.troubles).toEqual([])
  expect(body.counts).toMatchObject({
    posts: { queued: 1 },
    overdue: { posts: expect.any(Number) },
    segments: { live: expect.any(Number) },
  })
  const names = body.queues.map((queue: { name: string }) => queue.name)
  expect(names).toContain('persister.facts')
  expect(names.filter((name: string) => name.includes('watch'))).toEqual([])
  expect(body.pool).toEqual([
    { shard: 0, slots: 3, free: 2, active: 1, waiting: { act: 0, interactive: 0, background: 4 }, oldestWaitMs: 1_200 },
  ])
})
