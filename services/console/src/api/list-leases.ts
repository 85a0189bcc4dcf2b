import { z } from 'zod'
import { operation } from '../http/operation.ts'
import type { Ports } from '../ports.ts'
import { LeaseAnswer, PressureAnswer } from './shapes.ts'

const Leases = z.object({
  leases: z.array(LeaseAnswer),
  pool: z.array(PressureAnswer),
  /** Shards whose broker did not answer. */
  silent: z.array(z.int()),
})

export const listLeases = ({ pool }: Pick<Ports, 'pool'>) =>
  operation({
    method: 'get',
    path: '/v1/leases',
    summary: 'Which browsers are leased, to which account and for how long; who waits. Holds no tokens',
    answers: { 200: Leases },
    async run(_input, { signal }) {
      const [leases, pressure] = await Promise.all([pool.leases({ signal }), pool.pressure({ signal })])
      const answered = new Set(pressure.map(({ shard }) => shard))
      const silent = Array.from({ length: pool.shards }, (_, shard) => shard).filter((shard) => !answered.has(shard))
      return { status: 200, body: { leases, pool: pressure, silent } }
    },
  })
