import Table from 'cli-table3'
import { z } from 'zod'
import { green, redOut } from '../output.ts'
import { oneLine, plain } from './plain.ts'

/** What the console answers of jobs, as far as it is shown. */
export const Jobs = z.looseObject({
  items: z.array(
    z.looseObject({
      job: z.string(),
      account: z.string().nullable(),
      lastSuccessAt: z.string().nullable(),
      lastFailureAt: z.string().nullable(),
      consecutiveFailures: z.int(),
      category: z.string().nullable(),
      detail: z.string().nullable(),
      durationMs: z.number().nullable(),
      nextDueAt: z.string().nullable(),
      late: z.boolean(),
    }),
  ),
})
export type Jobs = z.output<typeof Jobs>

/** A job that is late, or has failed and not succeeded since. Pure. */
export const isTroubled = ({ late, consecutiveFailures }: Jobs['items'][number]): boolean =>
  late || consecutiveFailures > 0

const time = (instant: string | null): string => (instant === null ? '–' : plain(instant))

export const jobsTable = ({ items }: Jobs): string => {
  if (items.length === 0) return 'No job has run yet.'
  const head = ['job', 'last success', 'last failure', 'failures in a row', 'took', 'next due']
  const table = new Table({
    head,
    style: { head: [], border: [] },
    colAligns: ['left', 'left', 'left', 'right', 'right', 'left'],
  })
  for (const item of items) {
    const name = `${plain(item.job)}${item.account === null ? '' : ` ${plain(item.account)}`}`
    const why = item.consecutiveFailures > 0 ? `\n${plain(item.category ?? '')}: ${oneLine(item.detail ?? '', 60)}` : ''
    table.push([
      isTroubled(item) ? redOut(name) : green(name),
      time(item.lastSuccessAt),
      `${time(item.lastFailureAt)}${why}`,
      item.consecutiveFailures,
      item.durationMs === null ? '–' : `${Math.round(item.durationMs)} ms`,
      `${time(item.nextDueAt)}${item.late ? redOut(' late') : ''}`,
    ])
  }
  return table.toString()
}
