import {
  AccountId,
  type PostId,
  PostDispatched,
  PostSubmitted,
  SegmentPublished,
  contentHash,
  newId,
  newPostId,
  submit,
} from '@surepost/shared/contracts'
import { expect, test } from 'vitest'
import { recentPosts } from '../../src/adapters/recent-posts.ts'

const account = AccountId.parse('ada')
const content = {
  segments: [
    { text: 'one', media: [] },
    { text: 'two', media: [] },
  ],
}
const reservation = { account, hash: contentHash(content), scheduledAt: null, approval: 'auto' } as const

const submission = (postId: PostId) =>
  submit(
    { postId, account, platform: 'x', content, client: 'c', approval: 'auto', scheduledAt: null },
    new Date('2026-01-01T00:00:00.000Z'),
  )

const known = (bounds?: Parameters<typeof recentPosts>[0]) => {
  const recent = recentPosts(bounds)
  const add = (postId: PostId) => {
    const { submitted } = submission(postId)
    recent.reserve(postId, reservation)
    recent.observe({ id: submitted.id, type: PostSubmitted.type, body: submitted.body })
  }
  return { recent, add }
}

test('a post is known from its submission on, and moves with the facts about it', () => {
  const { recent, add } = known()
  const postId = newPostId()
  add(postId)
  expect(recent.find(postId)).toMatchObject({ id: postId, state: 'accepted', segments: [{ index: 0 }, { index: 1 }] })
  const { dispatch } = submission(postId)
  if (dispatch === null) throw new Error('it is due at once')
  recent.observe({ id: dispatch.fact.id, type: PostDispatched.type, body: dispatch.fact.body })
  expect(recent.find(postId)?.state).toBe('queued')
  recent.observe({
    id: newId(),
    type: SegmentPublished.type,
    body: {
      at: '2026-01-01T00:00:09.000Z',
      postId,
      revision: 1,
      segment: 0,
      account,
      platform: 'x',
      platformId: '1800000000000000001',
      url: 'https://x.com/ada/status/1800000000000000001',
      publishedAt: '2026-01-01T00:00:09.000Z',
      source: 'response',
      ledger: null,
    },
  })
  expect(recent.find(postId)?.segments.map((segment) => [segment.state, segment.platformId])).toEqual([
    ['live', '1800000000000000001'],
    ['queued', null],
  ])
})

test('facts of posts that were not submitted here are passed over', () => {
  const recent = recentPosts()
  const postId = newPostId()
  const { submitted } = submission(postId)
  recent.observe({ id: submitted.id, type: PostSubmitted.type, body: submitted.body })
  expect(recent.find(postId)).toBeUndefined()
})

test('an id stays reserved for what reserved it first', () => {
  const recent = recentPosts()
  const postId = newPostId()
  recent.reserve(postId, reservation)
  expect(recent.reserve(postId, { ...reservation, approval: 'review' })).toEqual(reservation)
  expect(recent.find(postId)).toBeUndefined()
  expect(recent.isSent(postId)).toBe(false)
  recent.sent(postId)
  expect(recent.isSent(postId)).toBe(true)
})

test('it holds no more than its bounds, the latest used ones', () => {
  const { recent, add } = known({ entries: 2, characters: 1_000_000 })
  const [first, second, third] = [newPostId(), newPostId(), newPostId()]
  add(first)
  add(second)
  recent.find(first)
  add(third)
  expect([first, second, third].map((id) => recent.find(id) !== undefined)).toEqual([true, false, true])
})

test('many characters count as well as many posts', () => {
  const { recent, add } = known({ entries: 1_000, characters: 1_500 })
  const ids = Array.from({ length: 20 }, newPostId)
  for (const id of ids) add(id)
  const kept = ids.filter((id) => recent.find(id) !== undefined)
  expect(kept.length).toBeGreaterThan(0)
  expect(kept.length).toBeLessThan(5)
  expect(kept).toContain(ids.at(-1))
})
