import { ALERTS, AlertCleared, AlertRaised, raised } from '@surepost/shared/contracts'
import { type Job, skipped, succeeded } from './job.ts'
import { CALL_MS, type JobPorts } from './ports.ts'

const MAX_ROWS = 200
/** A person is reminded this often. */
const REPEAT_SECONDS = 3_600

/** Raises an alert for every job that failed three times in a row, and lets go of it with the next success. */
export const failingJobs = ({ database, bus, backlog }: JobPorts): Job => ({
  name: 'persister.failing-jobs',
  everyMs: 10_000,
  timeoutMs: 30_000,
  async run({ signal, fence }) {
    const behind = backlog.behind()
    if (behind !== undefined) return skipped(behind)
    const { raise, clear } = await database.rpc(
      'failing_jobs',
      { ...fence, repeat_seconds: REPEAT_SECONDS, max_rows: MAX_ROWS },
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
