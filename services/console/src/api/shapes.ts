import { z } from 'zod'
import {
  AccountConfig,
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
} from '@surepost/shared/contracts'

// What the API answers. Requests are declared beside the operation that takes them.

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
  /** Give it as `cursor` for the next page; null on the last. */
  next: z.string().nullable(),
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

const Used = z.object({ lastHour: z.int(), lastDay: z.int() })

/** An account as its broker knows it. */
export const AccountAnswer = z.object({
  id: AccountId,
  platform: PlatformName,
  handle: z.string(),
  config: AccountConfig,
  /** `ready` when there is a session to publish with. */
  session: z.string(),
  paused: z.object({ reason: z.string(), until: Instant.nullable() }).nullable(),
  used: z.object({ post: Used, reply: Used }).nullable(),
})
export type AccountAnswer = z.infer<typeof AccountAnswer>

export const MediaAnswer = z.object({ id: MediaId, type: z.string() })

export const PressureAnswer = z.object({
  shard: z.int().min(0),
  slots: z.int(),
  free: z.int(),
  active: z.int(),
  waiting: z.object({ act: z.int(), interactive: z.int(), background: z.int() }),
  oldestWaitMs: z.int(),
})
export type PressureAnswer = z.infer<typeof PressureAnswer>

export const QueueDepth = z.object({
  name: z.string(),
  ready: z.int(),
  unacked: z.int(),
  consumers: z.int(),
  /** Messages a second, over the management plugin's sampling interval. */
  inRate: z.number(),
  outRate: z.number(),
})
export type QueueDepth = z.infer<typeof QueueDepth>

const Aged = z.object({ count: z.int(), oldestSeconds: z.number() })
/** What is due and not done, by number and age. `held`: posts that a pause or the kill switch holds back. */
export const DueAnswer = z.object({
  posts: Aged,
  held: Aged,
  checks: Aged,
  answers: Aged,
  /** Creates whose outcome is not known yet. */
  unknown: Aged,
})
export type DueAnswer = z.infer<typeof DueAnswer>

/** Counts of what was submitted or went live in the last seven days, and the work that is late. */
export const Counts = z.object({
  since: Instant,
  posts: z.partialRecord(PostState, z.int()),
  /** `recorded` have their platform id in the database; `measured` have at least one reading. */
  segments: z.object({
    live: z.int(),
    recorded: z.int(),
    measured: z.int(),
    /** Live once, and gone from the platform. */
    missing: z.int(),
    /** Two different platform ids are claimed for one segment. */
    conflicts: z.int(),
  }),
  /** Posts that are due and not dispatched, checks that are due and not read, live segments without checks. */
  overdue: z.object({ posts: z.int(), checks: z.int(), unplanned: z.int() }),
  /** Mentions that are not decided yet. */
  mentions: z.int(),
  alerts: z.int(),
})
export type Counts = z.infer<typeof Counts>

/** A condition: its last raising and its last clearing. */
export const AlertAnswer = z.object({
  key: z.string(),
  severity: z.enum(['info', 'warning', 'critical']),
  /** What is wrong and what to do. */
  sentence: z.string(),
  raisedAt: Instant,
  /** How often it was raised. */
  times: z.int().min(1),
  clearedAt: Instant.nullable(),
  active: z.boolean(),
  /** Where it is written what to look at and what to do, such as `docs/RUNBOOK.md#database-away`. */
  runbook: z.string().nullable(),
})
export type AlertAnswer = z.infer<typeof AlertAnswer>

/** A message that could not be handled, without what is in it. */
export const LetterHead = z.object({
  /** Empty where the sender gave none. */
  id: z.string(),
  type: z.string(),
  /** The queue that it was parked from. */
  queue: z.string(),
  reason: z.string(),
  /** Number of the attempt at which it was parked. */
  attempts: z.int().min(1),
  /** When it was parked; null where RabbitMQ itself did it. */
  at: Instant.nullable(),
  firstSeen: Instant.nullable(),
  correlationId: z.string().nullable(),
  /** Bytes of its body. */
  size: z.int().min(0),
})
export type LetterHead = z.infer<typeof LetterHead>

export const LetterAnswer = LetterHead.extend({
  stack: z.string().nullable(),
  encoding: z.enum(['json', 'base64']),
  /** The JSON that the message is, or its bytes in base64. */
  body: z.unknown(),
})
export type LetterAnswer = z.infer<typeof LetterAnswer>

export const PostParams = z.object({ id: PostId })
export const AccountParams = z.object({ id: AccountId })
