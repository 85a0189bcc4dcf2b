import Table from 'cli-table3'
import { z } from 'zod'
import { bold, dim, redOut } from '../output.ts'
import { oneLine, plain } from './plain.ts'

/** What the console answers of dead letters, as far as it is shown. */
export const Counts = z.looseObject({ queues: z.array(z.looseObject({ queue: z.string(), messages: z.int() })) })
const Head = z.looseObject({
  id: z.string(),
  type: z.string(),
  queue: z.string(),
  reason: z.string(),
  attempts: z.int(),
  at: z.string().nullable(),
  firstSeen: z.string().nullable(),
  correlationId: z.string().nullable(),
  size: z.int(),
})
export const Letters = z.looseObject({ letters: z.array(Head) })
export const Letter = Head.extend({
  stack: z.string().nullable(),
  encoding: z.enum(['json', 'base64']),
  body: z.unknown(),
})
export const Settled = z.looseObject({ count: z.int() })

const STYLE = { head: [], border: [] }

const plural = (count: number): string => (count === 1 ? '1 dead letter' : `${count} dead letters`)

export const countsTable = ({ queues }: z.output<typeof Counts>): string => {
  const table = new Table({ head: ['queue', 'dead letters'], style: STYLE, colAligns: ['left', 'right'] })
  for (const { queue, messages } of queues)
    table.push([plain(queue), messages === 0 ? dim('0') : redOut(String(messages))])
  const total = queues.reduce((sum, { messages }) => sum + messages, 0)
  const next = total === 0 ? '' : ' "surepost dead list <queue>" shows them.'
  return `${table.toString()}\n${plural(total)}.${next}`
}

const time = (instant: string | null): string => (instant === null ? '–' : plain(instant))

export const lettersTable = (queue: string, { letters }: z.output<typeof Letters>): string => {
  if (letters.length === 0) return `No dead letters of ${queue}.`
  const head = ['id', 'type', 'reason', 'attempts', 'parked at', 'bytes']
  const table = new Table({ head, style: STYLE, colAligns: ['left', 'left', 'left', 'right', 'left', 'right'] })
  for (const { id, type, reason, attempts, at, size } of letters)
    table.push([plain(id), plain(type), oneLine(reason, 60), attempts, time(at), size])
  return table.toString()
}

export const letterText = (letter: z.output<typeof Letter>): string => {
  const rows: readonly (readonly [string, string])[] = [
    ['id', letter.id],
    ['type', letter.type],
    ['queue', letter.queue],
    ['reason', letter.reason],
    ['attempts', String(letter.attempts)],
    ['parked at', time(letter.at)],
    ['first seen', time(letter.firstSeen)],
    ['correlation id', letter.correlationId ?? '–'],
    ['bytes', String(letter.size)],
  ]
  const facts = rows.map(([name, value]) => `${bold(name.padEnd(14))} ${plain(value)}`).join('\n')
  const stack = letter.stack === null ? '' : `\n\n${bold('stack')}\n${plain(letter.stack)}`
  const isJson = letter.encoding === 'json'
  const body = isJson ? JSON.stringify(letter.body, null, 2) : String(letter.body)
  return `${facts}${stack}\n\n${bold(isJson ? 'body' : 'body (no JSON; base64)')}\n${plain(body)}`
}
