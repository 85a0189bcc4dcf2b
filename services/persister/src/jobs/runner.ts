import { type BodyOf, JobRan } from '@surepost/shared/contracts'
import type { Database } from '@surepost/shared/database'
import type { Bus } from '@surepost/shared/messaging'
import { type Scope, counter, linkedSignal, pause } from '@surepost/shared/runtime'
import { type Job, skipped } from './job.ts'
import { FOLD_MS, type Reported, type Run, cadenceMs, fold, jobFact, runOfError } from './report.ts'

export interface RunnerPorts {
  readonly database: Pick<Database, 'rpc'>
  readonly bus: Pick<Bus, 'emit'>
  readonly log: Scope['log']
  /** This replica, as the locks name it. */
  readonly holder: string
}

/**
 * A lock is renewed by every run and outlives a few of them: a dead holder is followed within seconds. A run may outlive
 * its lock: whatever it still writes is then refused, since its fence is not the lock's any more.
 */
const lockSeconds = ({ everyMs, timeoutMs }: Job): number => Math.min(3 * everyMs, timeoutMs) / 1_000 + 5

const ELSEWHERE = 'another replica runs it'

/** Start every job. Disposing stops them, waits for the runs under way and gives the locks back. */
export const startJobs = (jobs: readonly Job[], ports: RunnerPorts): AsyncDisposable => {
  const stop = new AbortController()
  const loops = jobs.map((job) => repeat(job, ports, stop.signal))
  return {
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('the jobs are being stopped'))
      await Promise.all(loops)
      await Promise.allSettled(jobs.map((job) => release(job, ports)))
    },
  }
}

const repeat = async (job: Job, ports: RunnerPorts, signal: AbortSignal): Promise<void> => {
  const runs = counter('surepost_job_runs_total', 'Runs of jobs, those that are not reported included.', [
    'job',
    'outcome',
  ])
  let reported: Reported | undefined
  let failures = 0
  // A first wait of less than a second spreads the jobs.
  await pause(Math.random() * Math.min(1_000, job.everyMs), signal)
  while (!signal.aborted) {
    const startedAt = new Date()
    const run = await runOnce(job, ports, signal)
    if (signal.aborted) return
    runs.inc({ job: job.name, outcome: run.outcome })
    failures = run.outcome === 'failed' ? failures + 1 : 0
    const folded = fold(run, reported, performance.now())
    const isKnown =
      folded.report === undefined ||
      (await report(ports, jobFact(job.name, run, folded.report, startedAt, new Date(), nextDue(job, run)), signal))
    // What could not be said is said by the next run, however like it that is: the record still has what was before.
    reported = isKnown ? folded.reported : undefined
    await pause(cadenceMs(job.everyMs, failures), signal)
  }
}

/** By when the next run is told; a replica that does not run it knows nothing of that. */
const nextDue = (job: Job, run: Run): Date | null => {
  if (run.outcome === 'skipped' && run.reason === ELSEWHERE) return null
  return new Date(Date.now() + Math.max(job.everyMs, FOLD_MS) * 1.1)
}

/** One run under the job's lock. Never throws. */
const runOnce = async (job: Job, { database, holder, log }: RunnerPorts, signal: AbortSignal): Promise<Run> => {
  const late = AbortSignal.timeout(job.timeoutMs)
  using ends = linkedSignal(signal, late)
  const both = ends.signal
  try {
    const fence = await database.rpc(
      'hold_job_lock',
      { job_name: job.name, holder_id: holder, ttl_seconds: lockSeconds(job) },
      { signal: both, deadlineMs: 5_000 },
    )
    if (fence === null) return skipped(ELSEWHERE)
    return await job.run({ signal: both, fence: { job_name: job.name, held_fence: fence } })
  } catch (error) {
    const run = runOfError(error, late.aborted)
    if (!signal.aborted && run.outcome === 'failed') log.warn({ err: error, job: job.name }, 'a run of a job failed')
    return run
  }
}

/** @returns whether it could be said */
const report = async (
  { bus, log }: RunnerPorts,
  fact: BodyOf<typeof JobRan>,
  signal: AbortSignal,
): Promise<boolean> => {
  using ends = linkedSignal(signal, AbortSignal.timeout(10_000))
  try {
    await bus.emit(JobRan, fact, { signal: ends.signal })
    return true
  } catch (error) {
    if (!signal.aborted) log.error({ err: error, job: fact.job }, 'a run of a job could not be reported')
    return false
  }
}

const release = (job: Job, { database, holder }: RunnerPorts): Promise<boolean> =>
  database.rpc('release_job_lock', { job_name: job.name, holder_id: holder }, { deadlineMs: 1_000 })
