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

interface Look {
  /** What is still going on, in words; empty when nothing is. */
  readonly left: readonly string[]
  /** Posts that are under way first, then checks: it falls whenever anything comes to an end. */
  readonly owed: number
}

const MORE_THAN_CHECKS = 1_000_000

/** @throws what a look throws */
const look = async ({ records, broker, queues, postIds }: QuietPorts): Promise<Look> => {
  const [pending, outbox, depths] = await Promise.all([records.pending(postIds()), broker.outbox(), queues()])
  const waits = (name: string): boolean => !PERIODIC.test(name) && !DEAD.test(name) && !isValueQueue(name)
  const busy = depths.filter(({ name, messages }) => messages > 0 && waits(name))
  const left = [
    ...(pending.posts > 0 ? [`${pending.posts} posts are under way`] : []),
    ...(pending.checks > 0 ? [`${pending.checks} checks are owed`] : []),
    ...(outbox > 0 ? [`${outbox} facts are in the outbox`] : []),
    ...busy.map(({ name, messages }) => `${messages} in ${name}`),
  ]
  return { left, owed: pending.posts * MORE_THAN_CHECKS + pending.checks }
}

/**
 * Wait until all is quiet: every post at an end, every check done or missed, the queues and the outbox empty. On a slow
 * machine that takes long: the time is up only when nothing has come to an end for `withinMs`.
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
  let [quiet, least, deadline] = [0, Infinity, Date.now() + withinMs]
  for (;;) {
    signal.throwIfAborted()
    const { left, owed } = await look(ports).catch((error: unknown) => ({ left: [messageOf(error)], owed: Infinity }))
    if (owed < least) [least, deadline] = [owed, Date.now() + withinMs]
    onLook(left)
    quiet = left.length === 0 ? quiet + 1 : 0
    if (quiet >= TIMES) return []
    if (Date.now() > deadline) return left
    await delay(everyMs, undefined, { signal }).catch(() => undefined)
  }
}
