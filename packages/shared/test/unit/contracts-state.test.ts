import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  contentHash,
  newPostId,
  AccountId,
  PlatformId,
  PostContent,
  postState,
  type PostFact,
} from '../../src/contracts/index.ts'

const postId = newPostId()
const account = AccountId.parse('ada')
const content = PostContent.parse({ segments: [{ text: 'one' }, { text: 'two' }] })
const hash = contentHash(content)
const ledger = { id: '3f0e6c1e-5a0b-4c5e-9a52-0c7d8b1f2a33', seq: 1 }
const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 12, 0, second)).toISOString()
const idOf = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`

const submitted = (more: Partial<Extract<PostFact, { type: 'post.submitted' }>['body']> = {}): PostFact => ({
  id: idOf(1),
  type: 'post.submitted',
  body: {
    at: at(0),
    postId,
    revision: 1,
    account,
    platform: 'x',
    hash,
    content,
    client: 'test',
    approval: 'auto',
    scheduledAt: null,
    notAfter: at(59),
    ...more,
  },
})
const dispatched = (second = 1): PostFact => ({
  id: idOf(10 + second),
  type: 'post.dispatched',
  body: { at: at(second), postId, revision: 1, deadline: at(59) },
})
const action = (segment: number) => ({ postId, revision: 1, segment, account, attempt: 1, ledger })
const begun = (segment: number, second: number): PostFact => ({
  id: idOf(20 + second),
  type: 'post.segment_begun',
  body: { ...action(segment), at: at(second) },
})
const unknown = (segment: number, second: number): PostFact => ({
  id: idOf(30 + second),
  type: 'post.segment_unknown',
  body: { ...action(segment), at: at(second), reason: 'the page crashed' },
})
const published = (segment: number, second: number): PostFact => ({
  id: idOf(40 + second),
  type: 'post.segment_published',
  body: {
    at: at(second),
    postId,
    revision: 1,
    segment,
    account,
    platform: 'x',
    platformId: PlatformId.parse(`190000000000000000${segment}`),
    url: `https://x.com/ada/status/190000000000000000${segment}`,
    publishedAt: at(second),
    source: 'response',
    ledger,
  },
})
const failed = (second: number): PostFact => ({
  id: idOf(50 + second),
  type: 'post.failed',
  body: { at: at(second), postId, segment: 0, code: 'x', reason: 'x' },
})
const cancelled = (second: number): PostFact => ({
  id: idOf(55 + second),
  type: 'post.cancelled',
  body: { at: at(second), postId, by: 'me', reason: 'x', ledger },
})

describe('the state of a post', () => {
  it('is not known before its submission is', () => {
    expect(postState([dispatched()])).toBeNull()
  })
  it('waits for review when a person must approve it, and is accepted once one has', () => {
    const review = submitted({ approval: 'review' })
    expect(postState([review])).toBe('review')
    const approved: PostFact = {
      id: idOf(2),
      type: 'post.approved',
      body: { at: at(1), postId, revision: 1, hash, by: 'me' },
    }
    expect(postState([review, approved])).toBe('accepted')
  })
  it('is not approved by an approval of another text', () => {
    const other = contentHash(PostContent.parse({ segments: [{ text: 'other' }] }))
    const approved: PostFact = {
      id: idOf(2),
      type: 'post.approved',
      body: { at: at(1), postId, revision: 1, hash: other, by: 'me' },
    }
    expect(postState([submitted({ approval: 'review' }), approved])).toBe('review')
  })
  it('is scheduled when it has a time', () => {
    expect(postState([submitted({ scheduledAt: at(30) })])).toBe('scheduled')
  })
  it('is live only when every segment is', () => {
    const facts = [submitted(), dispatched(), begun(0, 2), published(0, 3), begun(1, 4)]
    expect(postState(facts)).toBe('publishing')
    expect(postState([...facts, published(1, 5)])).toBe('live')
  })
  it('believes the platform more than a failure that was reported', () => {
    expect(postState([submitted(), begun(0, 1), published(0, 2), published(1, 3), failed(9)])).toBe('live')
  })
  it('is unknown while the outcome of a create is', () => {
    expect(postState([submitted(), dispatched(), begun(0, 2), unknown(0, 3)])).toBe('unknown')
  })
  it('stays cancelled whatever was dispatched', () => {
    expect(postState([submitted(), cancelled(2), dispatched(5)])).toBe('cancelled')
  })
  it('is queued again when a failed post is dispatched again', () => {
    expect(postState([submitted(), failed(2), dispatched(5)])).toBe('queued')
  })

  it('begins anew with an edit: what was said of the revision before does not count', () => {
    const next = { ...submitted({ revision: 2, at: at(3), approval: 'review' }), id: idOf(3) } as PostFact
    expect(postState([submitted(), dispatched(), next])).toBe('review')
    expect(postState([submitted(), failed(2), next])).toBe('review')
    const late: PostFact = {
      id: idOf(4),
      type: 'post.dispatched',
      body: { at: at(9), postId, revision: 1, deadline: at(59) },
    }
    expect(postState([submitted(), late, next])).toBe('review')
    const again: PostFact = {
      id: idOf(5),
      type: 'post.dispatched',
      body: { at: at(5), postId, revision: 2, deadline: at(59) },
    }
    expect(postState([submitted(), late, next, again])).toBe('queued')
  })

  it('does not depend on the order of its facts, nor on how often each is heard', () => {
    const all = [
      submitted(),
      dispatched(),
      begun(0, 2),
      unknown(0, 3),
      published(0, 4),
      begun(1, 5),
      published(1, 6),
      failed(7),
    ]
    fc.assert(
      fc.property(fc.subarray(all), fc.infiniteStream(fc.nat()), (facts, picks) => {
        const stream = picks[Symbol.iterator]()
        const nth = (n: number): number => (stream.next().value ?? 0) % n
        const shuffled = [...facts, ...facts.filter(() => nth(2) === 0)].toSorted(() => nth(3) - 1)
        expect(postState(shuffled)).toBe(postState(facts))
      }),
    )
  })
})
