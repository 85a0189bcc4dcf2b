import { operation } from '../http/operation.ts'
import type { Ports } from '../ports.ts'
import { LetterId, QueueParams, noSuchLetter, requireQueue } from './known-queue.ts'
import { LetterAnswer } from './shapes.ts'

export const getDead = (ports: Pick<Ports, 'dead'>) =>
  operation({
    method: 'get',
    path: '/v1/dead/:queue/:id',
    summary: 'One dead letter, with its body and the stack of what parked it',
    params: QueueParams.extend({ id: LetterId }),
    answers: { 200: LetterAnswer },
    async run({ params: { queue, id } }, { signal }) {
      requireQueue(ports, queue)
      return { status: 200, body: (await ports.dead.get(queue, id, { signal })) ?? noSuchLetter(queue, id) }
    },
  })
