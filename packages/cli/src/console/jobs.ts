import Table from 'cli-table3'
import { z } from 'zod'
import { green, redOut } from '../output.ts'
import { oneLine, plain } from './plain.ts'

/** What the console answers of jobs, as far as it is shown. */
export const Jobs = z.looseObject({
  jobs: z.array(
    z.looseObject({
      job: z.string(),
      account: z.string().nullable(),
      lastSuccessAt: z.string().nullable(),
      lastFailureAt: z.string().nullable(),
      lastFailureCategory: z.string().nullable(),
      lastFailureDetail: z.string().nullable(),
      lastDurationMs: z.number().nullable(),
      consecutiveFailures: z.int(),
      nextDueAt: z.string().nullable(),
    }),
  ),
})
export type Jobs = z.output<typeof Jobs>
type Job = Jobs['jobs'][number]

/** A job that is due is begun within seconds; this much later something keeps it from running. */
const LATE_MS = 60_000

/** Whether a job should have run and has not. Pure. */
export const isLate = ({ nextDueAt }: Pick<Job, 'nextDueAt'>, now: Date): boolean =>
  nextDueAt !== null && now.getTime() - new Date(nextDueAt).getTime() > LATE_MS

/** Failures in a row from which on a job is in trouble: the alert's own measure. */
const IN_TROUBLE = 3

/** A job that is late, or has failed several times in a row. Pure. */
export const isTroubled = (job: Job, now: Date): boolean => isLate(job, now) || job.consecutiveFailures >= IN_TROUBLE

const time = (instant: string | null): string => (instant === null ? '–' : plain(instant))

export const jobsTable = ({ jobs }: Jobs, now: Date): string => {
  if (jobs.length === 0) return 'No job has run yet.'
  const table = new Table({
    head: ['job', 'last success', 'last failure', 'failures in a row', 'took', 'next due'],
    style: { head: [], border: [] },
    colAligns: ['left', 'left', 'left', 'right', 'right', 'left'],
  })
  for (const job of jobs) {
    const { lastFailureCategory: category, lastFailureDetail: detail, consecutiveFailures, lastDurationMs } = job
    const name = `${plain(job.job)}${job.account === null ? '' : ` ${plain(job.account)}`}`
    const why = consecutiveFailures > 0 ? `\n${plain(category ?? 'failed')}: ${oneLine(detail ?? '', 60)}` : ''
    table.push([
      isTroubled(job, now) ? redOut(name) : green(name),
      time(job.lastSuccessAt),
      `${time(job.lastFailureAt)}${why}`,
      consecutiveFailures,
      lastDurationMs === null ? '–' : `${Math.round(lastDurationMs)} ms`,
      `${time(job.nextDueAt)}${isLate(job, now) ? redOut(' late') : ''}`,
    ])
  }
  return table.toString()
}
