import { setTimeout as delay } from 'node:timers/promises'
import { isValueQueue } from '@surepost/shared/contracts'
import { messageOf } from '@surepost/shared/errors'
import type { Broker } from '../clients/broker.ts'
import type { QueueDepth } from '../clients/rabbitmq.ts'
import type { RecordReader } from './records.ts'

export interface QuietPorts {
  readonly records: Pick<RecordReader, 'pending'>
  readonly broker: Pick<Broker, 'outbox'>
  readonly queues: () => Promise<readonly QueueDepth[]>
  /** Ids of every post that was accepted. */
  readonly postIds: () => readonly string[]
}

/** Schedules of their own put messages here for ever: they say nothing of a run's work. */
const PERIODIC = /^(?:scraper\.mentions|broker\.leases\.background\.\d+)$/u
const DEAD = /\.dead$/u
/** Twice in a row: between two queues a message is in none for a moment. */
const TIMES = 2

/** What is still going on, in words; empty when nothing is. @throws what a look throws */
const unrest = async ({ records, broker, queues, postIds }: QuietPorts): Promise<readonly string[]> => {
  const [pending, outbox, depths] = await Promise.all([records.pending(postIds()), broker.outbox(), queues()])
  const waits = (name: string): boolean => !PERIODIC.test(name) && !DEAD.test(name) && !isValueQueue(name)
  const busy = depths.filter(({ name, messages }) => messages > 0 && waits(name))
  return [
    ...(pending.posts > 0 ? [`${pending.posts} posts are under way`] : []),
    ...(pending.checks > 0 ? [`${pending.checks} checks are owed`] : []),
    ...(outbox > 0 ? [`${outbox} facts are in the outbox`] : []),
    ...busy.map(({ name, messages }) => `${messages} in ${name}`),
  ]
}

/**
 * Wait until all is quiet: every post at an end, every check done or missed, the queues and the outbox empty.
 * @returns what was still going on when the time was up; empty when it is quiet
 */
export const untilQuiet = async (
  ports: QuietPorts,
  {
    withinMs,
    everyMs,
    signal,
    onLook,
  }: {
    readonly withinMs: number
    readonly everyMs: number
    readonly signal: AbortSignal
    readonly onLook: (unrest: readonly string[]) => void
  },
): Promise<readonly string[]> => {
  const deadline = Date.now() + withinMs
  let quiet = 0
  for (;;) {
    signal.throwIfAborted()
    const left = await unrest(ports).catch((error: unknown) => [messageOf(error)])
    onLook(left)
    quiet = left.length === 0 ? quiet + 1 : 0
    if (quiet >= TIMES) return []
    if (Date.now() > deadline) return left
    await delay(everyMs, undefined, { signal }).catch(() => undefined)
  }
}
