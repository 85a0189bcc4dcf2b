import Table from 'cli-table3'
import { z } from 'zod'
import { dim, redOut } from '../output.ts'
import { plain } from './plain.ts'

/** What the console answers of alerts, as far as it is shown. */
export const Alerts = z.looseObject({
  alerts: z.array(
    z.looseObject({
      key: z.string(),
      severity: z.string(),
      sentence: z.string(),
      raisedAt: z.string(),
      times: z.int(),
      clearedAt: z.string().nullable(),
      active: z.boolean(),
    }),
  ),
})

/** Columns for the sentence beside the others on a wide terminal; it wraps at words. */
const SENTENCE = 64

export const alertsTable = ({ alerts }: z.output<typeof Alerts>, all: boolean): string => {
  if (alerts.length === 0) return all ? 'No alert was ever raised.' : 'No alert is active.'
  const table = new Table({
    head: ['severity', 'alert', 'last raised', 'times', 'cleared'],
    style: { head: [], border: [] },
    colWidths: [null, SENTENCE, null, null, null],
    colAligns: ['left', 'left', 'left', 'right', 'left'],
    wordWrap: true,
  })
  for (const { key, severity, sentence, raisedAt, times, clearedAt, active } of alerts)
    table.push([
      active && severity === 'critical' ? redOut(plain(severity)) : plain(severity),
      `${dim(plain(key))}\n${plain(sentence)}`,
      plain(raisedAt),
      times,
      active || clearedAt === null ? 'active' : plain(clearedAt),
    ])
  return table.toString()
}
