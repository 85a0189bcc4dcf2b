import { z } from 'zod'
import {
  AccountId,
  Mention,
  OptOut,
  PlatformId,
  PlatformName,
  PostId,
  PostState,
  ReplyContext,
  ReplyRules,
} from '../contracts/index.ts'
import { ClaimedCheck, DuePost, ExpiredCheck, UnplannedSegment } from './due-rows.ts'
import { Activity, DueWork, LabelAlerts, LateJobs, Timestamp } from './watching.ts'

const AsInstant = Timestamp.transform((at) => at.toISOString())

/** The database's functions: what each takes and what it answers. Answers are checked, since they drive commands. */
const procedure =
  <Args extends object>() =>
  <Answer extends z.ZodType>(answer: Answer): Procedure<Args, Answer> => ({ answer })

export interface Procedure<Args extends object, Answer extends z.ZodType> {
  readonly answer: Answer
  /** Never there: carries the type of the arguments. */
  readonly args?: Args
}

/** The lock under which a job writes; without it (null) nothing is checked. */
export interface Fence {
  readonly job_name?: string
  readonly held_fence?: number
}

/** A fact for `apply_facts`: its message id, its type and its body. */
export interface AppliedFact {
  readonly id: string
  readonly type: string
  readonly body: unknown
}

export interface PlannedCheck {
  readonly id: string
  readonly postId: string
  readonly segment: number
  readonly afterSeconds: number
  readonly dueAt: string
  readonly deadline: string
}

const ClaimedHarvest = z.object({
  account: AccountId,
  platform: PlatformName,
  handle: z.string(),
  since: PlatformId.nullable(),
  readLabel: z.boolean(),
})
export type ClaimedHarvest = z.infer<typeof ClaimedHarvest>

const OpenMention = z.object({
  account: AccountId,
  platform: PlatformName,
  handle: z.string(),
  approval: z.enum(['review', 'auto']),
  voice: z.string(),
  rules: ReplyRules,
  mention: z.object({ ...Mention.shape, createdAt: AsInstant }),
  context: z.object({ ...ReplyContext.shape, validUntil: AsInstant }),
})
export type OpenMention = z.infer<typeof OpenMention>

/** A segment as an audit compares it with what an account shows. */
const ScopedSegment = z.object({
  postId: PostId,
  segment: z.int(),
  revision: z.int(),
  text: z.string(),
  /** What it answers or continues; null with `isReply`: that was never recorded. */
  parent: PlatformId.nullable(),
  isReply: z.boolean(),
  platformId: PlatformId.nullable(),
  publishedAt: Timestamp.nullable(),
  /** It cannot have been created before. */
  notBefore: Timestamp.nullable(),
  /** Deleted, or seen to be missing. */
  gone: z.boolean(),
  /** Being published right now, so that its id may be about to be recorded. */
  underWay: z.boolean(),
})
export type ScopedSegment = z.infer<typeof ScopedSegment>

const AuditScope = z.object({
  segments: z.array(ScopedSegment),
  /** Further ids that were said of segments. */
  others: z.array(z.object({ postId: PostId, segment: z.int(), platformId: PlatformId })),
})
export type AuditScope = z.infer<typeof AuditScope>

const DueAudit = z.object({ account: AccountId, platform: PlatformName, handle: z.string(), since: Timestamp })

const ExpiredDoubt = z.object({
  postId: PostId,
  segment: z.int(),
  revision: z.int(),
  platformId: PlatformId,
  account: AccountId,
  reason: z.string(),
})
export type ExpiredDoubt = z.infer<typeof ExpiredDoubt>

export type { DueWork } from './watching.ts'

const Counts = z.record(z.string(), z.int())

/** Every function that may be called, by name. `lease_seconds`: how long a claim holds when nothing comes of it. */
export const PROCEDURES = {
  apply_facts: procedure<{ facts: readonly AppliedFact[] }>()(
    z.object({
      received: z.int(),
      /** Those that were not known yet. */
      applied: z.int(),
      /** Segments for which two different platform ids are claimed. */
      conflicts: z.array(
        z.object({ postId: PostId, segment: z.int(), kept: z.string().nullable(), others: z.array(z.string()) }),
      ),
      /** Seconds from due and approved to live, of the posts whose first segment was recorded by this. */
      timesToLive: z.array(z.number().min(0)),
    }),
  ),
  claim_due_posts: procedure<
    Fence & {
      look_ahead_seconds: number
      max_rows: number
      lease_seconds?: number
      settle_seconds?: number
      with_silent?: boolean
    }
  >()(z.array(DuePost)),
  claim_expired_posts: procedure<Fence & { max_rows: number; lease_seconds?: number; grace_seconds?: number }>()(
    z.array(
      z.object({
        postId: PostId,
        revision: z.int(),
        account: AccountId,
        state: PostState,
        notAfter: Timestamp,
      }),
    ),
  ),
  unplanned_segments: procedure<{ max_rows: number }>()(z.array(UnplannedSegment)),
  plan_checks: procedure<Fence & { planned: readonly PlannedCheck[] }>()(z.int()),
  claim_due_checks: procedure<Fence & { max_rows: number; lease_seconds?: number; max_outstanding?: number }>()(
    z.array(ClaimedCheck),
  ),
  claim_expired_checks: procedure<Fence & { max_rows: number; lease_seconds?: number }>()(z.array(ExpiredCheck)),
  claim_due_harvests: procedure<Fence & { max_rows: number }>()(z.array(ClaimedHarvest)),
  claim_open_mentions: procedure<Fence & { max_rows: number }>()(z.array(OpenMention)),
  attention_alerts: procedure<Fence & { repeat_seconds: number; max_rows: number }>()(
    z.object({
      raise: z.array(z.object({ postId: PostId, account: AccountId, reason: z.string().nullable() })),
      clear: z.array(z.string()),
    }),
  ),
  audit_scope: procedure<{ of_account: string; since: string }>()(AuditScope),
  claim_due_audits: procedure<Fence & { every_seconds: number; window_seconds: number; max_rows: number }>()(
    z.array(DueAudit),
  ),
  claim_expired_doubts: procedure<Fence & { max_rows: number; after_seconds: number }>()(z.array(ExpiredDoubt)),
  /** @param failed_since those that have not failed since then are not alerted */
  failing_jobs: procedure<Fence & { repeat_seconds: number; max_rows: number; failed_since?: string | null }>()(
    z.object({
      raise: z.array(
        z.object({
          key: z.string(),
          job: z.string(),
          account: z.string().nullable(),
          failures: z.int(),
          category: z.string().nullable(),
          detail: z.string().nullable(),
        }),
      ),
      clear: z.array(z.string()),
    }),
  ),
  label_alerts: procedure<Fence & { repeat_seconds: number; max_rows: number }>()(LabelAlerts),
  untold_ledgers: procedure<Record<string, never>>()(
    z.array(z.object({ shard: z.int(), ledgerId: z.uuid(), wantedBy: z.uuid() })),
  ),
  opt_outs_after: procedure<{ key: string | null; max_rows: number }>()(
    z.array(z.object({ ...OptOut.shape, at: AsInstant })),
  ),
  ledger_told: procedure<Fence & { of_shard: number; wanting: string }>()(z.boolean()),
  late_jobs: procedure<
    Fence & { jobs: readonly string[]; since: string; grace_seconds: number; repeat_seconds: number }
  >()(LateJobs),
  due_work: procedure<Record<string, never>>()(DueWork),
  access_troubles: procedure<Record<string, never>>()(z.array(z.string())),
  hold_job_lock: procedure<{ job_name: string; holder_id: string; ttl_seconds: number }>()(z.int().nullable()),
  release_job_lock: procedure<{ job_name: string; holder_id: string }>()(z.boolean()),
  ensure_fact_partitions: procedure<{ months_ahead?: number }>()(z.array(z.string())),
  prune_history: procedure<{ fact_months?: number; job_run_days?: number }>()(
    z.object({ partitions: z.array(z.string()), jobRuns: z.int() }),
  ),
  activity: procedure<{ since: string; span_seconds: number }>()(z.array(Activity)),
  schema_version: procedure<Record<string, never>>()(z.array(z.string())),
  overview: procedure<{ since?: string }>()(
    z.object({
      posts: Counts,
      segments: z.object({
        live: z.int(),
        recorded: z.int(),
        measured: z.int(),
        missing: z.int(),
        conflicts: z.int(),
      }),
      checks: Counts,
      overdue: z.object({ posts: z.int(), checks: z.int(), unplanned: z.int() }),
      mentions: z.int(),
      alerts: z.int(),
    }),
  ),
} as const

export type ProcedureName = keyof typeof PROCEDURES
export type ArgsOf<Name extends ProcedureName> = NonNullable<(typeof PROCEDURES)[Name]['args']>
export type AnswerOf<Name extends ProcedureName> = z.output<(typeof PROCEDURES)[Name]['answer']>
