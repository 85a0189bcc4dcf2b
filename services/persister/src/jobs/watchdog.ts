import { ALERTS, AlertCleared, AlertRaised, raised } from '@surepost/shared/contracts'
import { lapsingGauge } from '@surepost/shared/runtime'
import { type Job, skipped, succeeded } from './job.ts'
import { CALL_MS, type JobPorts } from './ports.ts'

/** A person is reminded this often. */
const REPEAT_SECONDS = 3_600
const LAPSE_MS = 60_000

/** Tells of jobs that are due and do not run. It runs none of them: whoever owns a job acts, or a person does. */
export const watchdog = ({ database, bus, backlog, jobGraceSeconds }: JobPorts, jobs: readonly string[]): Job => {
  const since = new Date().toISOString()
  const lateness = lapsingGauge('surepost_job_late_seconds', 'How late a job is that does not run.', ['job'], LAPSE_MS)
  return {
    name: 'persister.watchdog',
    everyMs: 5_000,
    timeoutMs: 30_000,
    async run({ signal, fence }) {
      // Their runs may be among the facts that wait.
      const behind = backlog.behind()
      if (behind !== undefined) return skipped(behind)
      const { raise, late, clear } = await database.rpc(
        'late_jobs',
        { ...fence, jobs, since, grace_seconds: jobGraceSeconds, repeat_seconds: REPEAT_SECONDS },
        { signal, deadlineMs: CALL_MS },
      )
      lateness.setAll(late.map(({ job, lateSeconds }) => [{ job }, lateSeconds]))
      await Promise.all([
        ...raise.map(({ job, dueAt, lateSeconds }) => {
          const what = `${job} was due at ${dueAt.toISOString()}, ${Math.round(lateSeconds)} s ago, and has not run.`
          return bus.emit(AlertRaised, raised(ALERTS.jobLate, what, job), { signal })
        }),
        ...clear.map((key) => bus.emit(AlertCleared, { at: new Date().toISOString(), key }, { signal })),
      ])
      return succeeded(raise.length + clear.length, `${raise.length} late jobs alerted, ${clear.length} run again`)
    },
  }
}
