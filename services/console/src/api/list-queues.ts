import { z } from 'zod'
import { operation } from '../http/operation.ts'
import type { Ports } from '../ports.ts'
import { QueueHistory } from './shapes.ts'

export const listQueues = ({ queues }: Pick<Ports, 'queues'>) =>
  operation({
    method: 'get',
    path: '/v1/queues',
    summary: 'Every durable queue: depth, age of its oldest message, rates, and its depth over the last minutes',
    answers: { 200: z.object({ queues: z.array(QueueHistory) }) },
    async run(_input, { signal }) {
      const depths = await queues.depths({ signal })
      return { status: 200, body: { queues: depths.map((one) => ({ ...one, history: queues.history(one.name) })) } }
    },
  })
