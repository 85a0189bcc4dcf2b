import { AccountId, PlatformId, checkId, newId, newPostId, submit } from '@surepost/shared/contracts'
import { isolate } from '@surepost/testkit'
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
const MENTION = PlatformId.parse('1990000000000000042')
const fact = (type: string, at: Date, body: object) => ({ id: newId(), type, body: { at: at.toISOString(), ...body } })

const submitted = (at: Date, more: object = {}) => {
  const content = { segments: [{ text: 'hello', media: [] }] }
  const base = { postId: newPostId(), account: ada, platform: 'x', content, client: 'c', approval: 'auto' } as const
  const made = submit({ ...base, scheduledAt: null, ...more }, at).submitted
  return { postId: made.body.postId, fact: { id: made.id, type: 'post.submitted', body: made.body } }
}

const published = (postId: string, at: Date, platformId: string) =>
  fact('post.segment_published', at, {
    postId,
    revision: 1,
    segment: 0,
    account: 'ada',
    platform: 'x',
    platformId,
    url: `https://x.com/ada_writes/status/${platformId}`,
    publishedAt: at.toISOString(),
    source: 'response',
    ledger: null,
  })

const reading = (
  postId: ReturnType<typeof newPostId>,
  at: Date,
  platformId: string,
  likes: number,
  suspect: string | null,
) =>
  fact('metrics.collected', at, {
    postId,
    checkId: checkId(postId, 0, 900),
    segment: 0,
    platformId,
    suspect,
    metrics: { replies: null, reposts: 0, quotes: null, likes, bookmarks: null, views: likes * 10 },
  })

test('activity tells what went live and how fast by spans, with what was not shown as null', async () => {
  const due = new Date(Date.now() - 90 * 60_000)
  const live = new Date(due.getTime() + 20_000)
  const { postId, fact: first } = submitted(due)
  const platformId = '1990000000000000001'
  await recorded.apply([first, published(postId, live, platformId), reading(postId, new Date(), platformId, 12, null)])
  const { status, body } = await api.call('GET', '/v1/activity?hours=3')
  expect([status, body.spanSeconds]).toEqual([200, 180])
  const spans: { at: string; live: number; checks: number }[] = body.spans
  const [span, ...others] = spans.filter((one) => one.live > 0)
  expect(others).toEqual([])
  expect(span).toMatchObject({
    live: 1,
    measured: 1,
    failed: 0,
    toLiveMedian: 20,
    likes: 12,
    views: 120,
    replies: null,
  })
  expect(Date.parse(span?.at ?? '')).toBeLessThanOrEqual(live.getTime())
  expect(Date.parse(span?.at ?? '')).toBeGreaterThan(live.getTime() - 180_000)
  expect(spans.reduce((sum, { checks }) => sum + checks, 0)).toBe(1)
})

test('activity of too long or no time is refused', async () => {
  expect((await api.call('GET', '/v1/activity?hours=0')).status).toBe(422)
  expect((await api.call('GET', '/v1/activity?hours=9000')).status).toBe(422)
})

test('the readings of a post are told oldest first, with why one is not believed', async () => {
  const at = (minutes: number) => new Date(Date.now() - minutes * 60_000)
  const { postId, fact: first } = submitted(at(60))
  const platformId = '1990000000000000002'
  await recorded.apply([
    first,
    published(postId, at(59), platformId),
    reading(postId, at(10), platformId, 3, 'The figures fell.'),
    reading(postId, at(30), platformId, 9, null),
  ])
  const { body } = await api.call('GET', `/v1/posts/${postId}/readings`)
  expect(body.readings).toMatchObject([
    { segment: 0, metrics: { likes: 9, quotes: null }, suspect: null },
    { segment: 0, metrics: { likes: 3 }, suspect: 'The figures fell.' },
  ])
})

test('what waits for a word is told with the mention that it answers and why', async () => {
  const at = new Date(Date.now() - 60_000)
  const review = submitted(at, { approval: 'review' })
  const content = { segments: [{ text: 'thanks', media: [] }], replyTo: { platformId: MENTION, author: 'bob' } }
  const answer = submitted(at, { approval: 'review', content })
  const mention = {
    platformId: MENTION,
    author: 'bob',
    text: '@ada_writes how?',
    inReplyTo: null,
    createdAt: at.toISOString(),
    url: `https://x.com/bob/status/${MENTION}`,
    conversation: [{ platformId: PlatformId.parse('1990000000000000041'), author: 'ada_writes', text: 'It works.' }],
  }
  const decided = { account: 'ada', mention: MENTION, decision: 'answered', postId: answer.postId, drafter: 'm' }
  await recorded.apply([
    review.fact,
    answer.fact,
    fact('mention.harvested', at, { account: 'ada', mention }),
    fact('mention.decided', at, { ...decided, reason: 'bob wrote first.' }),
  ])
  const { body } = await api.call('GET', '/v1/approvals')
  expect(body.more).toBe(false)
  const byId = new Map(body.approvals.map((one: { post: { id: string } }) => [one.post.id, one]))
  expect(byId.get(review.postId)).toMatchObject({ mention: null })
  const told = { author: 'bob', text: '@ada_writes how?', reason: 'bob wrote first.', drafter: 'm' }
  expect(byId.get(answer.postId)).toMatchObject({ mention: { ...told, conversation: [{ author: 'ada_writes' }] } })
  expect((await api.call('GET', `/v1/posts/${answer.postId}/mention`)).body).toMatchObject(told)
  expect((await api.call('GET', `/v1/posts/${review.postId}/mention`)).status).toBe(404)
  expect((await api.call('GET', '/v1/approvals?limit=1')).body.more).toBe(true)
})

test('a post in flight of which a word is overdue is counted as silent', async () => {
  const at = new Date(Date.now() - 3_600_000)
  const { postId, fact: first } = submitted(at)
  const before = (await api.call('GET', '/v1/overview')).body.counts.overdue.silent
  const deadline = new Date(at.getTime() + 60_000).toISOString()
  await recorded.apply([first, fact('post.dispatched', at, { postId, revision: 1, deadline })])
  expect((await api.call('GET', '/v1/overview')).body.counts.overdue.silent).toBe(before + 1)
})
