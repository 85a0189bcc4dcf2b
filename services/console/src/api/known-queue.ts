import { z } from 'zod'
import { Problem } from '../http/problems.ts'
import type { Ports } from '../ports.ts'

/** `queue` is the queue that letters were parked from, such as `poster.publish.0`. */
export const QueueParams = z.object({ queue: z.string().min(1).max(255) })

/** The id of a message: an AMQP short string. */
export const LetterId = z.string().min(1).max(255)

/** @throws Problem `not-found`, naming the queues that there are */
export const requireQueue = ({ dead }: Pick<Ports, 'dead'>, queue: string): void => {
  if (dead.queues.includes(queue)) return
  const { queues } = dead
  throw new Problem('not-found', `There is no queue "${queue}". There are: ${queues.join(', ')}.`, {
    extra: { queues },
  })
}

export const noSuchLetter = (queue: string, id: string): never => {
  const detail = `There is no dead letter ${id} of ${queue}. GET /v1/dead/${queue} lists those that there are.`
  throw new Problem('not-found', detail)
}
