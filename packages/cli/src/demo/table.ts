import { styleText } from 'node:util'
import Table from 'cli-table3'
import type { DemoRow } from './records.ts'

const STATE_COLOUR = { live: 'green', failed: 'red', missed: 'red', needs_attention: 'red', unknown: 'yellow' } as const
type Coloured = keyof typeof STATE_COLOUR
const isColoured = (state: string): state is Coloured => state in STATE_COLOUR

const colour = (format: Parameters<typeof styleText>[0], text: string): string =>
  styleText(format, text, { stream: process.stdout })

const metricsOf = ({ metrics }: DemoRow): string => {
  if (metrics === null) return '–'
  const shown = [
    ['views', metrics.views],
    ['likes', metrics.likes],
    ['reposts', metrics.reposts],
    ['replies', metrics.replies],
  ] as const
  return shown.flatMap(([name, count]) => (count === null ? [] : [`${count} ${name}`])).join(', ')
}

const short = (text: string, length: number): string => {
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length > length ? `${line.slice(0, length - 1)}…` : line
}

/** One line a segment: post, state, platform id, link, recorded at, metrics. */
export const demoTable = (rows: readonly DemoRow[]): string => {
  const table = new Table({
    head: ['post', 'state', 'platform id', 'link', 'recorded at', 'metrics'],
    style: { head: process.stdout.isTTY ? ['bold'] : [], border: process.stdout.isTTY ? ['grey'] : [] },
  })
  for (const row of rows) {
    const lead = row.kind === 'reply' ? '↳ ' : row.index > 0 ? '  ⤷ ' : ''
    const state = isColoured(row.state) ? colour(STATE_COLOUR[row.state], row.state) : row.state
    table.push([
      `${lead}${short(row.text, 38)}`,
      state,
      row.platformId ?? '–',
      row.url ?? '–',
      row.recordedAt?.slice(11, 23) ?? '–',
      metricsOf(row),
    ])
  }
  return table.toString()
}
