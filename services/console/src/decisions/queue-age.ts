/** A queue at one moment: how many messages it held, and how many were ever acked. */
export interface QueueSample {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly depth: number
  readonly acked: number
}

/** Its messages leave by themselves after a fixed time, or are taken out by hand: acks tell nothing of their age. */
const TIMED = /^surepost\.delay\.|\.dead$/

/**
 * For how long at least the oldest message of a queue has waited, in milliseconds, from what was sampled of it. A queue is
 * first in, first out: while fewer were acked since a moment than it held then, one of those is still there. (RabbitMQ
 * itself tells no age of a quorum queue, and looking at its head would count as a delivery.) Pure.
 * @param samples oldest first
 * @returns null where acks do not tell
 */
export const ageOf = (name: string, samples: readonly QueueSample[], now: QueueSample): number | null => {
  if (TIMED.test(name)) return null
  if (now.depth === 0) return 0
  const oldest = samples.find(({ depth, acked }) => now.acked - acked < depth)
  return oldest === undefined ? 0 : Math.max(0, now.at - oldest.at)
}
