import type { BodyOf, JobRan } from '@surepost/shared/contracts'
import { LockLostError } from '@surepost/shared/database'
import { ContractError, PermanentError, TransientError, UnavailableError, messageOf } from '@surepost/shared/errors'
import type { JobResult } from './job.ts'

export type Run = JobResult | { readonly outcome: 'failed'; readonly category: string; readonly detail: string }

/** What a thrown error says of a run: a lost lock is a skip, the rest failed, by a category that tables can count. */
export const runOfError = (error: unknown, timedOut: boolean): Run => {
  if (error instanceof LockLostError) return { outcome: 'skipped', reason: 'another replica took over' }
  return {
    outcome: 'failed',
    category: timedOut ? 'timeout' : categoryOf(error),
    detail: messageOf(error).slice(0, 2_000),
  }
}

const categoryOf = (error: unknown): string => {
  if (error instanceof UnavailableError) return error.dependency.slice(0, 64)
  if (error instanceof TransientError) return 'transient'
  if (error instanceof ContractError) return 'contract'
  if (error instanceof PermanentError) return error.code.slice(0, 64)
  return 'unexpected'
}

/** What was reported last of a job, and how many runs like it were kept back since. */
export interface Reported {
  readonly said: string
  readonly at: number
  readonly kept: number
}

/** Runs that say nothing new are told at most this often. */
export const FOLD_MS = 60_000

export interface Report {
  readonly detail: string | null
  readonly category: string | null
}

/**
 * Whether a run is reported now. What did something or failed always is; one that found nothing to do, or was skipped
 * for the same reason as before, is folded into one report a minute, so that the journal grows with the work and not
 * with the clock.
 * @returns what to report (undefined: nothing) and what to remember
 */
export const fold = (
  run: Run,
  last: Reported | undefined,
  now: number,
): { readonly report?: Report; readonly reported: Reported } => {
  const said = wordsOf(run)
  const alike = last !== undefined && last.said === said
  const worked = run.outcome === 'failed' || (run.outcome === 'succeeded' && run.did > 0)
  if (alike && !worked && now - last.at < FOLD_MS) return { reported: { ...last, kept: last.kept + 1 } }
  const runs = alike && last.kept > 0 ? ` (${last.kept + 1} runs)` : ''
  const report = { detail: `${detailOf(run)}${runs}`, category: run.outcome === 'failed' ? run.category : null }
  return { report, reported: { said, at: now, kept: 0 } }
}

const detailOf = (run: Run): string => (run.outcome === 'skipped' ? run.reason : run.detail)
/** Two runs with equal words are alike. Successes that did something differ in detail, and are reported anyway. */
const wordsOf = (run: Run): string => `${run.outcome} ${run.outcome === 'skipped' ? run.reason : ''}`

export const jobFact = (
  job: string,
  run: Run,
  report: Report,
  startedAt: Date,
  endedAt: Date,
  nextDueAt: Date | null,
): BodyOf<typeof JobRan> => ({
  at: endedAt.toISOString(),
  job,
  account: null,
  startedAt: startedAt.toISOString(),
  outcome: run.outcome,
  category: report.category,
  detail: report.detail,
  nextDueAt: nextDueAt?.toISOString() ?? null,
})

/** A job that fails is tried again by then, be its own cadence an hour: it is to be well soon after what it needs is back. */
const SOON_MS = 8_000

/**
 * Wait between runs, give or take a tenth. After failures in a row a frequent job waits longer and longer, up to some
 * seconds, and a rare one some seconds first, up to its cadence. (A database that is away is spared by its breaker.)
 */
export const cadenceMs = (everyMs: number, failures: number, random: () => number = Math.random): number => {
  const first = Math.min(everyMs, SOON_MS)
  const wait = failures === 0 ? everyMs : Math.min(Math.max(everyMs, SOON_MS), first * 2 ** Math.min(failures - 1, 20))
  return wait * (0.9 + 0.2 * random())
}
