import { z } from 'zod'
import { AccountId, Hash, Instant, MediaId, PlatformId, PlatformName, PostId, sha256 } from './ids.ts'

/** Up to four images a segment, as on X. */
export const Media = z.strictObject({ id: MediaId, alt: z.string().max(1000).default('') })
export type Media = z.infer<typeof Media>

/** One part of a post, one create on the platform. 25,000 characters bound the message, not the platform's weighted length. */
export const Segment = z.strictObject({ text: z.string().max(25_000), media: z.array(Media).max(4).default([]) })
export type Segment = z.infer<typeof Segment>

/** The post that is answered, as it was seen when the answer was written. */
export const ReplyTarget = z.strictObject({
  platformId: PlatformId,
  author: z.string().min(1).max(64).optional(),
  /** `textHash` of the target's normal form; the poster refuses to answer a target that reads otherwise. */
  textHash: Hash.optional(),
})
export type ReplyTarget = z.infer<typeof ReplyTarget>

/** What a person approved: 1..n segments; a thread when n > 1; a reply when it has a target. */
export const PostContent = z.strictObject({
  segments: z.array(Segment).min(1).max(25),
  replyTo: ReplyTarget.optional(),
})
export type PostContent = z.infer<typeof PostContent>

/** The hash that approval binds: of text, media, alt texts and target, in their order. */
export const contentHash = (content: PostContent): Hash =>
  Hash.parse(
    sha256(
      JSON.stringify([
        content.segments.map((s) => [s.text, s.media.map((m) => [m.id, m.alt])]),
        content.replyTo?.platformId ?? null,
      ]),
    ),
  )

/**
 * What "the same text" means on one account: equal after Unicode composition (NFC) and without space around it. Null for a
 * text of nothing: images alone may be posted as often as wanted.
 */
export const textHashOf = (text: string): Hash | null => {
  const normal = text.normalize('NFC').trim()
  return normal === '' ? null : Hash.parse(sha256(normal))
}

export const PostKind = z.enum(['post', 'reply'])
export type PostKind = z.infer<typeof PostKind>
export const kindOf = (content: PostContent): PostKind => (content.replyTo ? 'reply' : 'post')

/** The states of a post (docs/STATES.md). `missing` is a mark on a live segment, not a state. */
export const PostState = z.enum([
  'review',
  'accepted',
  'scheduled',
  'queued',
  'publishing',
  'unknown',
  'live',
  'failed',
  'missed',
  'cancelled',
  'deleted',
  'needs_attention',
])
export type PostState = z.infer<typeof PostState>

/** A segment that the record knows to be, or to have been, live: it is never created again, whatever a ledger remembers. */
export const LiveSegment = z.strictObject({
  segment: z.int().min(0),
  platformId: PlatformId,
  url: z.string().max(500),
  publishedAt: Instant,
  /** It was deleted, or seen to be missing: its timeline does not show it any more. */
  gone: z.enum(['deleted', 'missing']).nullable(),
})
export type LiveSegment = z.infer<typeof LiveSegment>

/** One revision of one post, complete: all that publishing it needs, so that it needs no database. */
export const ApprovedPost = z.strictObject({
  postId: PostId,
  revision: z.int().min(1),
  hash: Hash,
  account: AccountId,
  platform: PlatformName,
  content: PostContent,
  /** Past this the ledger only reconciles and never creates. */
  notAfter: Instant,
  /** When it was accepted: a ledger born later (any, when it is left out) asks the platform before it creates. */
  acceptedAt: Instant.optional(),
  /** When it was dispatched: after a loss a ledger creates nothing on a command that is older than itself. */
  dispatchedAt: Instant.optional(),
  /** What the record knew of it when it was dispatched: a new ledger learns what an earlier one had published. */
  live: z.array(LiveSegment).max(25).optional(),
})
export type ApprovedPost = z.infer<typeof ApprovedPost>
