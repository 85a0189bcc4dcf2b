import Table from 'cli-table3'
import { z } from 'zod'
import { bold, dim, redOut } from '../output.ts'
import { plain } from './plain.ts'

/** What the console answers of the browser pool, as far as it is shown. */
export const Pool = z.looseObject({
  pool: z.array(
    z.looseObject({
      shard: z.int(),
      slots: z.int(),
      free: z.int(),
      waiting: z.looseObject({ act: z.number(), interactive: z.number(), background: z.number() }),
      oldestWaitMs: z.number(),
    }),
  ),
  leases: z.array(
    z.looseObject({
      shard: z.int(),
      leaseId: z.string(),
      account: z.string(),
      class: z.string(),
      state: z.string(),
      grantedAt: z.string(),
      expiresAt: z.string(),
    }),
  ),
  silent: z.array(z.int()),
})
export type Pool = z.output<typeof Pool>

const shardText = (shard: Pool['pool'][number], leases: Pool['leases']): string => {
  const { act, interactive, background } = shard.waiting
  const line = `${act} to act, ${interactive} interactive, ${background} background; the oldest waits ${Math.round(shard.oldestWaitMs / 1_000)} s`
  const head = `${bold(`shard ${shard.shard}`)}  ${shard.free} of ${shard.slots} browsers free  ${dim(`in line: ${line}`)}`
  if (leases.length === 0) return `${head}\nNo browser is leased.`
  const table = new Table({
    head: ['lease', 'account', 'class', 'state', 'granted', 'ends'],
    style: { head: [], border: [] },
  })
  for (const lease of leases)
    table.push([lease.leaseId, lease.account, lease.class, lease.state, lease.grantedAt, lease.expiresAt].map(plain))
  return `${head}\n${table.toString()}`
}

export const poolText = ({ pool, leases, silent }: Pool): string =>
  [
    ...pool.map((shard) =>
      shardText(
        shard,
        leases.filter((lease) => lease.shard === shard.shard),
      ),
    ),
    ...silent.map((shard) => redOut(`The browser-broker of shard ${shard} does not answer.`)),
  ].join('\n\n')
