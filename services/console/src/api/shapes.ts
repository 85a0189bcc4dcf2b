import { z } from 'zod'
import {
  AccountConfig,
  AccountId,
  AuditReport,
  Hash,
  Instant,
  LeaseClass,
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
import { Next } from './paging.ts'

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
  /** Its oldest message has waited at least so long, as far as this console has watched; null: nobody can tell. */
  ageMs: z.int().nullable(),
})
export type QueueDepth = z.infer<typeof QueueDepth>

export const QueueHistory = QueueDepth.extend({
  /** Its depth over the last minutes, one figure every few seconds, oldest first. */
  history: z.array(z.int()),
})

/** Something that Surepost stands on, or a part of it. */
export const Dependency = z.object({
  name: z.string(),
  up: z.boolean(),
  /** Since when it is as it is, as this console saw it. */
  since: Instant,
  /** What is wrong, a sentence; null while it is up. */
  detail: z.string().nullable(),
})
export type Dependency = z.infer<typeof Dependency>

/** A leased browser. Its tokens are known to its holder alone. */
export const LeaseAnswer = z.object({
  shard: z.int().min(0),
  leaseId: z.string(),
  account: AccountId,
  class: LeaseClass,
  state: z.enum(['offered', 'active', 'closing']),
  grantedAt: Instant,
  expiresAt: Instant,
})
export type LeaseAnswer = z.infer<typeof LeaseAnswer>

const Outcome = z.enum(['succeeded', 'failed', 'skipped'])

/** The sum of a job's runs. */
export const JobAnswer = z.object({
  job: z.string(),
  account: AccountId.nullable(),
  lastRunAt: Instant.nullable(),
  lastOutcome: Outcome.nullable(),
  /** Why the last run failed or was skipped. */
  lastCategory: z.string().nullable(),
  lastDetail: z.string().nullable(),
  lastDurationMs: z.number().nullable(),
  lastSuccessAt: Instant.nullable(),
  lastFailureAt: Instant.nullable(),
  lastFailureCategory: z.string().nullable(),
  lastFailureDetail: z.string().nullable(),
  consecutiveFailures: z.int(),
  /** When it should run next; null where it runs on demand. */
  nextDueAt: Instant.nullable(),
})
export type JobAnswer = z.infer<typeof JobAnswer>

export const BreakerAnswer = z.object({
  /** Whose it is. */
  service: z.string(),
  /** What it is about: a dependency, a platform (`x`), or an account on it (`x/ada`). */
  breaker: z.string(),
  state: z.enum(['closed', 'half-open', 'open']),
  since: Instant,
  /** When an open one lets its next probe through. */
  probeAt: Instant.nullable(),
})
export type BreakerAnswer = z.infer<typeof BreakerAnswer>

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

export const Readings = z.object({
  readings: z.array(
    z.object({
      segment: z.int().min(0),
      at: Instant,
      metrics: Metrics,
      /** Why it is not believed; null when it is. */
      suspect: z.string().nullable(),
    }),
  ),
})
export type Reading = z.infer<typeof Readings>['readings'][number]

const Figure = z.number().nullable()
export const ActivityAnswer = z.object({
  since: Instant,
  spanSeconds: z.int(),
  /** Spans in which nothing happened are left out. Times are seconds; a figure that nobody showed is null. */
  spans: z.array(
    z.object({
      at: Instant,
      live: z.int(),
      measured: z.int(),
      failed: z.int(),
      checks: z.int(),
      checksMissed: z.int(),
      toLiveMedian: Figure,
      toLiveMost: Figure,
      toRecordedMedian: Figure,
      toRecordedMost: Figure,
      views: Figure,
      likes: Figure,
      reposts: Figure,
      replies: Figure,
    }),
  ),
})
export type ActivitySpan = z.infer<typeof ActivityAnswer>['spans'][number]

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
  /**
   * Posts that are due and not dispatched; posts in flight of which a word is due and nobody says it; checks that are due
   * and not read; live segments without checks.
   */
  overdue: z.object({ posts: z.int(), silent: z.int(), checks: z.int(), unplanned: z.int() }),
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

/** What an audit found; see `AuditReport` of the contracts. */
export const AuditAnswer = AuditReport.omit({ auditId: true }).extend({ id: z.uuid() })
export type AuditAnswer = z.infer<typeof AuditAnswer>
export const AuditPage = z.object({ audits: z.array(AuditAnswer), next: Next })

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
