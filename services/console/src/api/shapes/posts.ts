import { z } from 'zod'
import {
  AccountId,
  Hash,
  Instant,
  Media,
  MediaId,
  Metrics,
  PlatformId,
  PlatformName,
  PostId,
  PostKind,
  PostState,
  Turn,
} from '@surepost/shared/contracts'
import { Next } from '../paging.ts'

// Posts, their history and what they answer.

export const SegmentAnswer = z.object({
  index: z.int().min(0),
  /** Its own where something is known of it alone; otherwise that of its post. */
  state: PostState,
  /** It was live, and was seen to be gone from the platform. */
  missing: z.boolean(),
  text: z.string(),
  media: z.array(Media),
  platformId: PlatformId.nullable(),
  url: z.url().nullable(),
  publishedAt: Instant.nullable(),
  /** When its row in the database came to hold the platform's id; null while it is not recorded. */
  recordedAt: Instant.nullable(),
  /** The latest reading; a figure that was not shown is null. Null before the first reading. */
  metrics: Metrics.nullable(),
  measuredAt: Instant.nullable(),
})
export type SegmentAnswer = z.infer<typeof SegmentAnswer>

export const PostAnswer = z.object({
  id: PostId,
  state: PostState,
  /** Why it stands where it stands, in words, when there is something to say. */
  reason: z.string().nullable(),
  account: AccountId,
  platform: PlatformName,
  kind: PostKind,
  revision: z.int().min(1),
  /** What an approval binds. */
  hash: Hash,
  approval: z.enum(['auto', 'review']),
  replyTo: PlatformId.nullable(),
  submittedAt: Instant,
  scheduledAt: Instant.nullable(),
  /** Past this it is not created any more. */
  notAfter: Instant,
  segments: z.array(SegmentAnswer).min(1),
})
export type PostAnswer = z.infer<typeof PostAnswer>

export const PostPage = z.object({
  posts: z.array(PostAnswer),
  next: Next,
})
export type PostPage = z.infer<typeof PostPage>

/** One fact of a post's journal. */
export const HistoryEntry = z.object({
  id: z.uuid(),
  type: z.string(),
  at: Instant,
  recordedAt: Instant.nullable(),
  body: z.unknown(),
})
export type HistoryEntry = z.infer<typeof HistoryEntry>
export const History = z.object({ facts: z.array(HistoryEntry) })

export const MediaAnswer = z.object({ id: MediaId, type: z.string() })

/** Somebody's post that one of ours answers. */
export const MentionAnswer = z.object({
  platformId: PlatformId,
  account: AccountId,
  author: z.string(),
  text: z.string(),
  url: z.url().nullable(),
  createdAt: Instant.nullable(),
  /** What stands above it, oldest first; empty where its page was not read. */
  conversation: z.array(Turn),
  /** Why it is answered. */
  reason: z.string().nullable(),
  /** Who wrote the draft: a model's name, say. */
  drafter: z.string().nullable(),
})
export type MentionAnswer = z.infer<typeof MentionAnswer>
