import { z } from 'zod'
import { operation } from '../http/operation.ts'
import type { Ports } from '../ports.ts'

const Counts = z.object({
  /** Every queue that letters can be parked from, those with none included. */
  queues: z.array(z.object({ queue: z.string(), messages: z.int().min(0) })),
})

export const countDead = ({ dead }: Pick<Ports, 'dead'>) =>
  operation({
    method: 'get',
    path: '/v1/dead',
    summary: 'How many dead letters each queue has: messages that could not be handled',
    answers: { 200: Counts },
    async run(_input, { signal }) {
      return { status: 200, body: { queues: await dead.counts({ signal }) } }
    },
  })
