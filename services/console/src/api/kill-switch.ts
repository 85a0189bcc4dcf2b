import { z } from 'zod'
import { KillSwitch, SetKillSwitch } from '@surepost/shared/contracts'
import { operation } from '../http/operation.ts'
import { Problem } from '../http/problems.ts'
import type { Ports } from '../ports.ts'

/** How long a ledger may take to answer before the client is told to ask again. */
const ANSWER_MS = 10_000

const Standing = z.object({
  /** On as long as any shard's is. */
  on: z.boolean(),
  shards: z.array(z.object({ shard: z.int().min(0), ...KillSwitch.shape })),
})
type Switching = Pick<Ports, 'bus' | 'pool'>

/** @throws Problem `unavailable`, naming the shards whose ledger has not answered */
const setAll = async (ports: Switching, killSwitch: KillSwitch, signal: AbortSignal): Promise<void> => {
  const shards = Array.from({ length: ports.pool.shards }, (_, shard) => shard)
  const told = await Promise.allSettled(
    shards.map((shard) =>
      ports.bus.ask(SetKillSwitch, killSwitch, z.unknown(), { shard, timeoutMs: ANSWER_MS, signal }),
    ),
  )
  const silent = shards.filter((shard) => told[shard]?.status === 'rejected')
  if (silent.length === 0) return
  const detail = `The ledger of shard ${silent.join(', ')} has not answered yet. What reached its queue is done when its broker is back, before it grants anything; asking again is safe.`
  throw new Problem('unavailable', detail, { retryAfter: 5, extra: { silent } })
}

const answerOf = (ports: Switching, killSwitch: KillSwitch): z.infer<typeof Standing> => ({
  on: killSwitch.on,
  shards: Array.from({ length: ports.pool.shards }, (_, shard) => ({ shard, ...killSwitch })),
})

export const getKillSwitch = (ports: Switching) =>
  operation({
    method: 'get',
    path: '/v1/kill-switch',
    summary: 'Whether everything outward is stopped, by whom and why',
    answers: { 200: Standing },
    async run(_input, { signal }) {
      const found = await ports.pool.killSwitches({ signal })
      if (found.length < ports.pool.shards)
        throw new Problem(
          'unavailable',
          `${ports.pool.shards - found.length} of ${ports.pool.shards} brokers do not answer.`,
          {
            retryAfter: 5,
          },
        )
      const shards = found.map(({ shard, killSwitch }) => ({ shard, ...killSwitch }))
      return { status: 200, body: { on: shards.some(({ on }) => on), shards } }
    },
  })

export const setKillSwitch = (ports: Switching) =>
  operation({
    method: 'post',
    path: '/v1/kill-switch',
    summary: 'Stop everything outward: nothing is begun on any account until it is released',
    description: 'Answers once every ledger has it on its disk. What has begun is still brought to its end.',
    body: z.strictObject({ reason: z.string().trim().min(1).max(500).default('stopped by an operator') }).prefault({}),
    answers: { 200: Standing },
    async run({ body: { reason } }, { client, signal }) {
      const killSwitch = { on: true, by: client, reason }
      await setAll(ports, killSwitch, signal)
      return { status: 200, body: answerOf(ports, killSwitch) }
    },
  })

export const releaseKillSwitch = (ports: Switching) =>
  operation({
    method: 'delete',
    path: '/v1/kill-switch',
    summary: 'Release the kill switch: what waited goes on within its budgets',
    answers: { 200: Standing },
    async run(_input, { client, signal }) {
      const killSwitch = { on: false, by: client, reason: 'released by an operator' }
      await setAll(ports, killSwitch, signal)
      return { status: 200, body: answerOf(ports, killSwitch) }
    },
  })
