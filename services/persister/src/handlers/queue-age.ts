/** How long facts wait to be recorded, seen from those in hand: the queue is first in, first out. */
export interface QueueAge {
  /** Call when a batch was taken; the returned function when it is done with. */
  taken(batch: readonly { readonly sentAt: Date }[]): () => void
  /** Age in milliseconds of the oldest fact that was in hand since the last call; 0 when there was none. */
  oldest(): number
}

export const createQueueAge = (now: () => number = Date.now): QueueAge => {
  const inHand = new Set<{ readonly oldest: number }>()
  let released = Infinity
  return {
    taken(batch) {
      const held = { oldest: batch.reduce((least, { sentAt }) => Math.min(least, sentAt.getTime()), Infinity) }
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
  }
}
