import { ALERTS, type AlertKind, type DeferCategory } from '@surepost/shared/contracts'
import { nextDay } from './budget.ts'

/** How a category holds drafting up. */
interface Hold {
  /** Nobody asks the model meanwhile. */
  readonly everybody: boolean
  readonly alert: AlertKind | null
  /** How long without a word of the provider's own. @param failures of this one decision so far */
  readonly wait: (failures: number, pause: Pauses) => number
}

/** Configured, in milliseconds. */
export interface Pauses {
  /** After a quota or a key that is not accepted, when the provider says no time. */
  readonly restMs: number
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
/** 5 s, doubling, at most 10 minutes. */
const backoff = (failures: number): number => Math.min(5 * SECOND * 2 ** Math.min(failures, 10), 10 * MINUTE)

/** The consequence of each category, in one table. */
const HOLDS: Readonly<Record<DeferCategory, Hold>> = {
  quota: { everybody: true, alert: ALERTS.modelQuota, wait: (_, { restMs }) => restMs },
  authentication: { everybody: true, alert: ALERTS.modelKey, wait: (_, { restMs }) => restMs },
  budget: { everybody: true, alert: ALERTS.modelBudget, wait: () => 0 },
  rate: { everybody: true, alert: null, wait: () => 30 * SECOND },
  timeout: { everybody: false, alert: null, wait: backoff },
  server: { everybody: false, alert: null, wait: backoff },
  request: { everybody: false, alert: null, wait: backoff },
  outdated: { everybody: false, alert: null, wait: () => 0 },
  // The record alerts (persister.labels): it knows of all accounts, and when one is well again.
  unlabelled: { everybody: false, alert: null, wait: () => 10 * MINUTE },
}

/** A provider that names a time beyond this is asked again anyway. */
const LONGEST_MS = 24 * 60 * MINUTE

/** What follows from not being able to draft now. */
export interface Wait {
  readonly category: DeferCategory
  readonly until: Date
  readonly everybody: boolean
  readonly alert: Hold['alert']
}

export const waitFor = (
  category: DeferCategory,
  said: Date | null,
  failures: number,
  pauses: Pauses,
  now: Date,
): Wait => {
  const { everybody, alert, wait } = HOLDS[category]
  const own = category === 'budget' ? nextDay(now).getTime() : now.getTime() + wait(failures, pauses)
  const until = Math.min(said === null ? own : Math.max(said.getTime(), now.getTime()), now.getTime() + LONGEST_MS)
  return { category, until: new Date(until), everybody, alert }
}

/** Alerts that a drafter raises, cleared by its next success. */
export const ALERTING = (Object.keys(HOLDS) as DeferCategory[]).filter((category) => HOLDS[category].alert !== null)
export const alertOf = (category: DeferCategory): AlertKind | null => HOLDS[category].alert
