import { createHash } from 'node:crypto'
import { PlatformId } from '@surepost/shared/contracts'
import { afterEach, describe, expect, it } from 'vitest'
import type { CreateResult, SegmentDraft } from '../../src/index.ts'
import type { Bench, Mishap, TruePost } from './bench.ts'
import { PNG, call, handle } from './kit.ts'

const draft = (text: string, more: Partial<SegmentDraft> = {}): SegmentDraft => ({
  text,
  media: [],
  parent: null,
  ...more,
})

const createdId = (result: CreateResult): PlatformId => {
  if (result.outcome !== 'created') throw new Error(`It was not created: ${JSON.stringify(result)}`)
  return result.platformId
}

const byHandle = async (bench: Bench, who: string): Promise<readonly TruePost[]> =>
  (await bench.truth()).filter((post) => post.handle === who)

/** What every adapter must do when it publishes. */
export const publishing = (bench: () => Bench): void => {
  afterEach(() => bench().calm())

  describe('publishing a segment', () => {
    it('creates one post with exactly this text and answers its true id', async () => {
      const who = handle()
      const session = await bench().session(who)
      const text =
        'Good morning 👋🏽 “world” & <others>\n\nsee https://example.com/a/long/path/that/is/cut?x=1&y=2 @anna #tides 世界'
      const before = Date.now()
      const result = await session.publishSegment(draft(text), call())
      const posts = await byHandle(bench(), who)
      expect(posts.map(({ id, text: held }) => ({ id, text: held }))).toEqual([{ id: createdId(result), text }])
      expect(result).toMatchObject({ url: bench().adapter.urlOf({ handle: who }, createdId(result)) })
      const publishedAt = result.outcome === 'created' ? result.publishedAt.getTime() : Number.NaN
      expect(publishedAt).toBeGreaterThanOrEqual(before)
      expect(publishedAt).toBeLessThanOrEqual(Date.now())
    })

    it('sends an image to the byte, with its description', async () => {
      const who = handle()
      const session = await bench().session(who)
      const media = [
        { bytes: PNG, type: 'image/png', alt: 'A single dot' },
        { bytes: Buffer.concat([PNG, Buffer.from('more')]), type: 'image/png', alt: '' },
      ]
      createdId(await session.publishSegment(draft('Two pictures', { media }), call()))
      const [post] = await byHandle(bench(), who)
      const sums = media.map(({ bytes }) => createHash('sha256').update(bytes).digest('hex'))
      expect(post?.media.map(({ sha256, alt }) => ({ sha256, alt }))).toEqual([
        { sha256: sums[0], alt: 'A single dot' },
        { sha256: sums[1], alt: '' },
      ])
    })

    it('sends an image without words', async () => {
      const who = handle()
      const session = await bench().session(who)
      createdId(
        await session.publishSegment(draft('', { media: [{ bytes: PNG, type: 'image/png', alt: '' }] }), call()),
      )
      expect(await byHandle(bench(), who)).toMatchObject([{ text: '', media: [{}] }])
    })

    it('continues a thread as an answer to the segment before', async () => {
      const who = handle()
      const session = await bench().session(who)
      const ids: PlatformId[] = []
      for (const text of ['One of three', 'Two of three', 'Three of three']) {
        const last = ids.at(-1)
        const parent = last === undefined ? null : { platformId: last, author: who }
        ids.push(createdId(await session.publishSegment(draft(text, { parent }), call())))
      }
      expect((await byHandle(bench(), who)).map(({ id, inReplyTo }) => [id, inReplyTo])).toEqual([
        [ids[0], null],
        [ids[1], ids[0]],
        [ids[2], ids[1]],
      ])
    })

    it('answers the very post that it was told to, in the middle of a conversation', async () => {
      const [who, other] = [handle(), handle()]
      const session = await bench().session(who)
      const first = await bench().somebodyPosts({ handle: other, text: 'The first of a conversation' })
      const second = await bench().somebodyPosts({ handle: other, text: 'The second', inReplyTo: first })
      await bench().somebodyPosts({ handle: other, text: 'The third', inReplyTo: second })
      const parent = { platformId: PlatformId.parse(second), author: other }
      createdId(await session.publishSegment(draft(`@${other} quite so`, { parent }), call()))
      expect(await byHandle(bench(), who)).toMatchObject([{ inReplyTo: second, text: `@${other} quite so` }])
    })

    it('says that a parent is gone, and creates nothing', async () => {
      const [who, other] = [handle(), handle()]
      const session = await bench().session(who)
      const parent = await bench().somebodyPosts({ handle: other, text: 'Soon gone' })
      await bench().remove(parent)
      const result = await session.publishSegment(
        draft('Too late', { parent: { platformId: PlatformId.parse(parent), author: other } }),
        call(),
      )
      expect(result).toMatchObject({ outcome: 'not_created', refusal: { kind: 'parent_gone' } })
      expect(await byHandle(bench(), who)).toEqual([])
    })

    it('refuses a text that is too long before it touches the platform', async () => {
      const who = handle()
      const session = await bench().session(who)
      const result = await session.publishSegment(draft('long '.repeat(80)), call())
      expect(result).toMatchObject({ outcome: 'not_created', refusal: { kind: 'rejected', code: 'too_long' } })
      expect(await byHandle(bench(), who)).toEqual([])
    })

    it('says duplicate when the platform holds the same text already', async () => {
      const who = handle()
      const session = await bench().session(who)
      createdId(await session.publishSegment(draft('Said once'), call()))
      const again = await session.publishSegment(draft('Said once'), call())
      expect(again).toMatchObject({ outcome: 'not_created', refusal: { kind: 'duplicate' } })
      expect(await byHandle(bench(), who)).toHaveLength(1)
    })
  })

  describe('a refusal by the platform', () => {
    it.each<[Mishap, object]>([
      ['says_duplicate', { kind: 'duplicate' }],
      ['says_automated', { kind: 'automation' }],
      ['says_daily_limit', { kind: 'throttled', until: expect.any(Date) as Date }],
      ['too_many_requests', { kind: 'throttled', until: expect.any(Date) as Date }],
      ['says_suspended', { kind: 'session', trouble: 'suspended' }],
      ['says_locked', { kind: 'session', trouble: 'locked' }],
      ['signed_out', { kind: 'session', trouble: 'signed_out' }],
      ['challenge', { kind: 'session', trouble: 'challenge' }],
      ['consent_wall', { kind: 'session', trouble: 'consent' }],
      ['page_fails', { kind: 'trouble' }],
    ])('%s is certain, and named', async (mishap, refusal) => {
      const who = handle()
      const session = await bench().session(who)
      await bench().mishap(mishap)
      const result = await session.publishSegment(draft(`Refused: ${mishap}`), call())
      expect(result).toMatchObject({ outcome: 'not_created', refusal })
      expect(await byHandle(bench(), who)).toEqual([])
    })
  })

  describe('a create whose answer was not seen', () => {
    it.each<[Mishap, number]>([
      ['answer_lost', 1],
      ['failure_after_create', 1],
      ['request_lost', 0],
      ['failure_before_create', 0],
    ])('%s is unknown, whatever it came to', async (mishap, created) => {
      const who = handle()
      const session = await bench().session(who)
      await bench().mishap(mishap)
      const result = await session.publishSegment(draft(`Lost: ${mishap}`), call())
      expect(result).toMatchObject({ outcome: 'unknown' })
      expect(await byHandle(bench(), who)).toHaveLength(created)
    })

    it('makes one post at most of a request that the browser itself sends again', async () => {
      const who = handle()
      const session = await bench().session(who)
      await bench().mishap('connection_reset')
      const result = await session.publishSegment(draft('Sent twice by the browser'), call())
      expect(result).not.toMatchObject({ outcome: 'not_created', refusal: { kind: 'trouble' } })
      expect(await byHandle(bench(), who)).toHaveLength(1)
    })

    it('is certain when it was stopped before it began', async () => {
      const who = handle()
      const session = await bench().session(who)
      const result = await session.publishSegment(draft('Never'), { signal: AbortSignal.abort() })
      expect(result).toMatchObject({ outcome: 'not_created', refusal: { kind: 'trouble' } })
      expect(await byHandle(bench(), who)).toEqual([])
    })
  })

  describe('deleting an own post', () => {
    it('takes that post away and no other', async () => {
      const who = handle()
      const session = await bench().session(who)
      const first = createdId(await session.publishSegment(draft('To stay'), call()))
      const second = createdId(
        await session.publishSegment(draft('To go', { parent: { platformId: first, author: who } }), call()),
      )
      expect(await session.deleteOwnPost(second, call())).toEqual({ outcome: 'deleted' })
      expect((await byHandle(bench(), who)).map(({ id, deletedAt }) => [id, deletedAt !== null])).toEqual([
        [first, false],
        [second, true],
      ])
      expect(await session.deleteOwnPost(second, call())).toEqual({ outcome: 'deleted' })
    })

    it('does not touch a post of somebody else', async () => {
      const [who, other] = [handle(), handle()]
      const session = await bench().session(who)
      const theirs = PlatformId.parse(await bench().somebodyPosts({ handle: other, text: 'Not yours' }))
      expect(await session.deleteOwnPost(theirs, call())).toMatchObject({ outcome: 'not_created' })
      expect(await byHandle(bench(), other)).toMatchObject([{ deletedAt: null }])
    })
  })
}
