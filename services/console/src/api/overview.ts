import { z } from 'zod'
import { messageOf } from '@surepost/shared/errors'
import { operation } from '../http/operation.ts'
import type { Ports } from '../ports.ts'
import { Counts, DueAnswer, PressureAnswer, QueueDepth } from './shapes.ts'

const Overview = z.object({
  /** The gaps that must be zero; null while the database is away. */
  counts: Counts.nullable(),
  due: DueAnswer.nullable(),
  queues: z.array(QueueDepth).nullable(),
  pool: z.array(PressureAnswer).nullable(),
  /** What could not be asked, a sentence each. */
  troubles: z.array(z.string()),
})

/** How long the slowest part may take; what is away by then is named. */
const DATABASE_MS = 4_000

export const getOverview = (ports: Pick<Ports, 'posts' | 'queues' | 'pool'>) =>
  operation({
    method: 'get',
    path: '/v1/overview',
    summary: 'What is due, in flight, live, recorded and measured; the queues; the browser pool',
    description: 'Answers 200 with what could be read; a part that is away is null and named in `troubles`.',
    answers: { 200: Overview },
    async run(_input, call) {
      const read = { signal: call.signal, deadlineMs: DATABASE_MS }
      const troubles: string[] = []
      const orNull = <T>(work: Promise<T>): Promise<T | null> =>
        work.catch((error: unknown) => {
          troubles.push(messageOf(error))
          return null
        })
      const [counts, due, queues, pool] = await Promise.all([
        orNull(ports.posts.counts(read)),
        orNull(ports.posts.due(read)),
        orNull(ports.queues.depths(read)),
        orNull(ports.pool.pressure(read)),
      ])
      return { status: 200, body: { counts, due, queues, pool, troubles } }
    },
  })
