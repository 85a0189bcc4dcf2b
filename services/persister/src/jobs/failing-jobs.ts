import { ALERTS, AlertCleared, AlertRaised, raised } from '@surepost/shared/contracts'
import { type Job, skipped, succeeded } from './job.ts'
import { CALL_MS, type JobPorts } from './ports.ts'

const MAX_ROWS = 200
/** A person is reminded this often. */
const REPEAT_SECONDS = 3_600

/**
 * Raises an alert for every job that failed three times in a row, and lets go of it with the next success. Failures of an outage of the
 * database, which has its own alert, come to be known with its end: they count when the job has failed since as well.
 */
export const failingJobs = ({ database, bus, backlog, outage }: JobPorts): Job => ({
  name: 'persister.failing-jobs',
  everyMs: 10_000,
  timeoutMs: 30_000,
  async run({ signal, fence }) {
    const behind = backlog.behind()
    if (behind !== undefined) return skipped(behind)
    const { raise, clear } = await database.rpc(
      'failing_jobs',
      {
        ...fence,
        repeat_seconds: REPEAT_SECONDS,
        max_rows: MAX_ROWS,
        failed_since: outage.endedAt()?.toISOString() ?? null,
      },
      { signal, deadlineMs: CALL_MS },
    )
    const at = new Date().toISOString()
    await Promise.all([
      ...raise.map(({ key, job, account, failures, category, detail }) => {
        const where = account === null ? '' : ` for ${account}`
        const what = `${job}${where} failed ${failures} times in a row, at last with ${category ?? 'no category'}: ${detail ?? 'no reason'}.`
        return bus.emit(AlertRaised, { ...raised(ALERTS.jobFailing, what), key }, { signal })
      }),
      ...clear.map((key) => bus.emit(AlertCleared, { at, key }, { signal })),
    ])
    return succeeded(raise.length + clear.length, `${raise.length} failing jobs alerted, ${clear.length} well again`)
  },
})
