import { z } from 'zod'
import { operation } from '../http/operation.ts'
import type { Ports } from '../ports.ts'
import { QueueParams, requireQueue } from './known-queue.ts'
import { LetterHead } from './shapes.ts'

const Query = z.strictObject({
  limit: z.coerce.number('must be a number from 1 to 500').int().min(1).max(500).default(50),
})

export const listDead = (ports: Pick<Ports, 'dead'>) =>
  operation({
    method: 'get',
    path: '/v1/dead/:queue',
    summary: 'The oldest dead letters of one queue, without what is in them; they stay where they are',
    params: QueueParams,
    query: Query,
    answers: { 200: z.object({ letters: z.array(LetterHead) }) },
    async run({ params: { queue }, query: { limit } }, { signal }) {
      requireQueue(ports, queue)
      return { status: 200, body: { letters: await ports.dead.list(queue, limit, { signal }) } }
    },
  })
