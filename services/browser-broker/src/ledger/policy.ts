import type { LeaseClass } from '@surepost/shared/contracts'
import type { Millis } from './model.ts'

/** What the ledger's decisions depend on besides what it knows; configuration, in milliseconds. */
export interface Policy {
  /** Longest a create can be under way plus longest the timeline can lag plus the clocks' difference. */
  readonly settleWindowMs: Millis
  /** Looking for an unknown action ends this long after it became unknown; then a person is asked. */
  readonly giveUpAfterMs: Millis
  /** At least this much time for looking is left after the settle window. */
  readonly leastLookMs: Millis
  /** How often an action that was found absent is begun again. */
  readonly maxAbsences: number
  /** The platform's duplicate window: the same text on the same account is refused inside it. */
  readonly sameTextWindowMs: Millis
  /** When a refusal without a natural end (pause, kill switch) is worth asking again. */
  readonly recheckMs: Millis
  /** How soon an answer is asked for again that a ledger cannot begin yet, since it does not know who wants none. */
  readonly untoldMs: Millis
  /** An open action without a lease that nobody asked for this long is sent again. */
  readonly resendAfterMs: Millis
  readonly maxResends: number
  /** Settled rows are kept this long after their `notAfter`. */
  readonly keepMs: Millis
  /** Life of a lease, and how far it can be renewed to. */
  readonly leaseMs: Readonly<Record<LeaseClass, { readonly first: Millis; readonly most: Millis }>>
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/**
 * Settle window: Playwright's longest navigation (30 s) and X's slowest observed timeline stay well inside 120 s.
 * Lease lives: publish 180 s and reads 60 s, renewable up to a maximum per class.
 */
export const DEFAULT_POLICY: Policy = {
  settleWindowMs: 120 * SECOND,
  giveUpAfterMs: 30 * MINUTE,
  leastLookMs: 5 * MINUTE,
  maxAbsences: 3,
  sameTextWindowMs: DAY,
  recheckMs: MINUTE,
  untoldMs: 5 * SECOND,
  resendAfterMs: 15 * MINUTE,
  maxResends: 5,
  keepMs: 30 * DAY,
  leaseMs: {
    act: { first: 180 * SECOND, most: 10 * MINUTE },
    interactive: { first: 60 * SECOND, most: 5 * MINUTE },
    background: { first: 60 * SECOND, most: 5 * MINUTE },
  },
}
