import { SegmentPublished } from '@surepost/shared/contracts'

/** A fact in hand. */
interface Aged {
  readonly type: string
  readonly sentAt: Date
}

/** How long facts wait to be recorded, seen from those in hand: the queue is first in, first out. */
export interface QueueAge {
  /** Call when a batch was taken; the returned function when it is done with. */
  taken(batch: readonly Aged[]): () => void
  /** Age in milliseconds of the oldest fact that was in hand since the last call; 0 when there was none. */
  oldest(): number
  /** How many facts in hand say of a post that it is live, and are older than this. */
  live(ms: number): number
}

export const createQueueAge = (now: () => number = Date.now): QueueAge => {
  const inHand = new Set<{ readonly oldest: number; readonly batch: readonly Aged[] }>()
  let released = Infinity
  return {
    taken(batch) {
      const held = { oldest: batch.reduce((least, { sentAt }) => Math.min(least, sentAt.getTime()), Infinity), batch }
      inHand.add(held)
      return () => {
        inHand.delete(held)
        released = Math.min(released, held.oldest)
      }
    },
    oldest() {
      const oldest = Math.min(released, ...[...inHand].map((held) => held.oldest))
      released = Infinity
      return Math.max(0, now() - oldest)
    },
    live(ms) {
      const late = ({ type, sentAt }: Aged): boolean =>
        type === SegmentPublished.type && now() - sentAt.getTime() >= ms
      return [...inHand].reduce((sum, { batch }) => sum + batch.filter(late).length, 0)
    },
  }
}
