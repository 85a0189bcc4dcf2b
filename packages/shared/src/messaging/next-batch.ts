import { isSuspect } from './envelope.ts'
import type { Taken } from './subscription.ts'
import type { QueuedFact } from './types.ts'

/** A fact that waits to be applied, and the message that it came in. */
export interface Entry {
  readonly taken: Taken
  readonly fact: QueuedFact
}

/**
 * What is applied next, in order, and what stays. Facts that may end the process (see `isSuspect`) wait for all others
 * and then go alone, in random order, so that only the one that kills comes back until it is parked.
 */
export const nextBatch = (buffer: readonly Entry[], max: number): readonly [Entry[], Entry[]] => {
  const inHand = buffer.filter(({ taken }) => !taken.lost.aborted)
  const kinds = Map.groupBy(inHand, ({ taken }) => isSuspect(taken.message))
  const [others = [], suspects = []] = [kinds.get(false), kinds.get(true)]
  const at = Math.floor(Math.random() * suspects.length)
  return others.length > 0
    ? [others.slice(0, max), [...suspects, ...others.slice(max)]]
    : [suspects.slice(at, at + 1), suspects.toSpliced(at, 1)]
}
