import { type Job, succeeded } from './job.ts'
import { CALL_MS, type JobPorts } from './ports.ts'

/** Makes the journal's next months, and lets go of what is too old. */
export const housekeeping = ({ database }: JobPorts): Job => ({
  name: 'persister.housekeeping',
  everyMs: 60 * 60_000,
  timeoutMs: 60_000,
  async run({ signal }) {
    const call = { signal, deadlineMs: CALL_MS }
    const made = await database.rpc('ensure_fact_partitions', {}, call)
    const gone = await database.rpc('prune_history', {}, call)
    return succeeded(
      made.length + gone.partitions.length + gone.jobRuns,
      `${made.length} months made, ${gone.partitions.length} months and ${gone.jobRuns} job runs dropped`,
    )
  },
})
