import { z } from 'zod'
import { AccountConfig } from './accounts.ts'
import { AlertCleared, AlertRaised } from './alerts.ts'
import { AccountAudited, SegmentCorrected, SegmentDoubted } from './audits.ts'
import { defineFact } from './define.ts'
import { AccountId, Instant, PlatformId } from './ids.ts'
import { LeaseMoved, LeaseRefused } from './lease-facts.ts'
import { Metrics } from './metrics.ts'
import { Reason, at, ofPost } from './fact-parts.ts'
import {
  DraftRequested,
  DraftSpent,
  MentionDecided,
  MentionDeferred,
  MentionHarvested,
  MentionOptedOut,
} from './mention-facts.ts'
import {
  PostSubmitted,
  PostApproved,
  PostDispatched,
  SegmentBegun,
  SegmentUnknown,
  SegmentAborted,
  SegmentPublished,
  SegmentDeleting,
  SegmentDeleted,
  SegmentMissing,
  PostCancelled,
  PostFailed,
  PostMissed,
  PostNeedsAttention,
} from './post-facts.ts'

export { LedgerMark } from './fact-parts.ts'
export * from './alerts.ts'
export * from './mention-facts.ts'
export * from './post-facts.ts'

const ofCheck = { ...ofPost, checkId: z.uuid(), segment: z.int().min(0) }
export const MetricsCollected = defineFact({
  type: 'metrics.collected',
  version: 1,
  body: z.strictObject({ ...ofCheck, platformId: PlatformId, metrics: Metrics, suspect: Reason.nullable() }),
})
export const CheckFailed = defineFact({
  type: 'metrics.check_failed',
  version: 1,
  body: z.strictObject({ ...ofCheck, reason: Reason }),
})
export const CheckMissed = defineFact({
  type: 'metrics.check_missed',
  version: 1,
  body: z.strictObject({ ...ofCheck, reason: Reason }),
})

export const AccountConfigured = defineFact({
  type: 'account.configured',
  version: 1,
  body: z.strictObject({ ...at, config: AccountConfig }),
})
export const AccountPaused = defineFact({
  type: 'account.paused',
  version: 1,
  body: z.strictObject({ ...at, account: AccountId, reason: Reason, until: Instant.nullable() }),
})
export const AccountResumed = defineFact({
  type: 'account.resumed',
  version: 1,
  body: z.strictObject({ ...at, account: AccountId, by: z.string().min(1).max(200) }),
})
/** The profile was read: whom it names as the human behind an automated account; null: it carries no such label. */
export const AccountLabelSeen = defineFact({
  type: 'account.label_seen',
  version: 1,
  body: z.strictObject({ ...at, account: AccountId, automatedBy: z.string().min(1).max(64).nullable() }),
})

/** Every run of every job ends in one of these; an early return is `skipped` with its reason. */
export const JobRan = defineFact({
  type: 'job.ran',
  version: 1,
  body: z.strictObject({
    ...at,
    job: z.string().min(1).max(100),
    account: AccountId.nullable(),
    startedAt: Instant,
    outcome: z.enum(['succeeded', 'failed', 'skipped']),
    category: z.string().max(64).nullable(),
    detail: z.string().max(2_000).nullable(),
    /** When it runs next at the latest; null for what runs when there is work. */
    nextDueAt: Instant.nullable().default(null),
  }),
})
/** A breaker opened, let a probe through, or closed again. One for each service and name. */
export const BreakerChanged = defineFact({
  type: 'breaker.changed',
  version: 1,
  body: z.strictObject({
    ...at,
    service: z.string().min(1).max(64),
    /** A dependency (`database`, `rabbitmq-management`, `model`), a platform (`x`) or an account on it (`x/ada`). */
    breaker: z.string().min(1).max(100),
    state: z.enum(['closed', 'half-open', 'open']),
    /** When an open one lets the next probe through. */
    probeAt: Instant.nullable(),
  }),
})

/** Live views only: how full one broker shard is. */
export const PoolPressure = defineFact({
  type: 'pool.pressure',
  version: 1,
  recorded: false,
  body: z.strictObject({
    ...at,
    shard: z.int().min(0),
    slots: z.int().min(0),
    free: z.int().min(0),
    active: z.int().min(0),
    waiting: z.strictObject({ act: z.int(), interactive: z.int(), background: z.int() }),
    oldestWaitMs: z.int().min(0),
  }),
})

/** Emitted by a starting broker: when its own ledger hears it, all facts queued before it have been applied. */
export const LedgerMarked = defineFact({
  type: 'ledger.marked',
  version: 1,
  recorded: false,
  body: z.strictObject({ ...at, mark: z.uuid() }),
})

/**
 * A ledger that was born, or reborn, does not know who wants no answers, and begins none until the record has told it all
 * (`opt_outs.tell`). Said again until then.
 */
export const OptOutsWanted = defineFact({
  type: 'ledger.opt_outs_wanted',
  version: 1,
  body: z.strictObject({ ...at, shard: z.int().min(0), ledgerId: z.uuid() }),
})

/** Every fact there is, in one place: producers, consumers and the topology are derived from it. */
export const FACTS = [
  PostSubmitted,
  PostApproved,
  PostDispatched,
  SegmentBegun,
  SegmentUnknown,
  SegmentAborted,
  SegmentPublished,
  SegmentDeleting,
  SegmentDeleted,
  SegmentMissing,
  SegmentCorrected,
  SegmentDoubted,
  PostCancelled,
  PostFailed,
  PostMissed,
  PostNeedsAttention,
  MetricsCollected,
  CheckFailed,
  CheckMissed,
  MentionHarvested,
  MentionDecided,
  MentionDeferred,
  MentionOptedOut,
  DraftRequested,
  DraftSpent,
  AccountConfigured,
  AccountPaused,
  AccountResumed,
  AccountAudited,
  AccountLabelSeen,
  JobRan,
  AlertRaised,
  AlertCleared,
  BreakerChanged,
  PoolPressure,
  LeaseMoved,
  LeaseRefused,
  LedgerMarked,
  OptOutsWanted,
] as const

/**
 * The facts that every ledger hears: those that settle an action wherever they come from, who wants no answers, and the mark
 * of a starting one.
 */
export const SETTLING_FACTS = [
  SegmentPublished,
  SegmentCorrected,
  SegmentDeleted,
  SegmentMissing,
  MentionOptedOut,
  LedgerMarked,
] as const
