import { z } from 'zod'
import { AccountConfig, AccountId, Instant, LeaseClass, PlatformName } from '@surepost/shared/contracts'

// What runs: accounts, pools, queues, jobs, breakers.

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
