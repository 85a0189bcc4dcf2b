import Table from 'cli-table3'
import { z } from 'zod'
import { bold, dim } from '../output.ts'
import { plain } from './plain.ts'

const ByClass = z.looseObject({ act: z.number(), interactive: z.number(), background: z.number() })

/** What the console answers of the browser pool, as far as it is shown. */
export const Pool = z.looseObject({
  items: z.array(
    z.looseObject({
      shard: z.int(),
      slots: z.int(),
      free: z.int(),
      active: z.int(),
      waiting: ByClass,
      oldestWaitMs: z.number(),
      leases: z.array(
        z.looseObject({
          leaseId: z.string(),
          account: z.string(),
          class: z.string(),
          state: z.string(),
          grantedAt: z.string(),
          expiresAt: z.string(),
        }),
      ),
    }),
  ),
})
export type Pool = z.output<typeof Pool>

const shardText = ({ shard, slots, free, waiting, oldestWaitMs, leases }: Pool['items'][number]): string => {
  const { act, interactive, background } = waiting
  const line = `${act} to act, ${interactive} interactive, ${background} background; the oldest waits ${Math.round(oldestWaitMs / 1_000)} s`
  const head = `${bold(`shard ${shard}`)}  ${free} of ${slots} browsers free  ${dim(`in line: ${line}`)}`
  if (leases.length === 0) return `${head}\nNo browser is leased.`
  const table = new Table({
    head: ['lease', 'account', 'class', 'state', 'granted', 'ends'],
    style: { head: [], border: [] },
  })
  for (const lease of leases)
    table.push([lease.leaseId, lease.account, lease.class, lease.state, lease.grantedAt, lease.expiresAt].map(plain))
  return `${head}\n${table.toString()}`
}

export const poolText = ({ items }: Pool): string =>
  items.length === 0 ? 'No browser-broker answers.' : items.map(shardText).join('\n\n')
