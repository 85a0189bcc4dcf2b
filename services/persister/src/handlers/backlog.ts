export interface Backlog {
  /** Call when a batch of this size was taken; the returned function when it is done with. */
  taken(size: number): () => void
  /** Why the database does not know yet what was said; undefined when it does. */
  behind(): string | undefined
}

export interface BacklogOptions {
  /** A batch of this size left others waiting. */
  readonly full: number
  readonly now?: () => number
}

/** After a start nothing is known of the queue: long enough for a first batch to show whether it is long. */
const SETTLE_MS = 5_000
/** A queue that gave a full batch within this may hold more. */
const RECENT_MS = 5_000
/** A batch in hand longer than this waits for the database. */
const HELD_MS = 2_000

/**
 * Whether facts wait to be applied. While they do, silence in the database means nothing: a post that seems never begun
 * may have been live for an hour. What draws conclusions from silence asks here first.
 */
export const createBacklog = ({ full, now = () => performance.now() }: BacklogOptions): Backlog => {
  const started = now()
  const inHand = new Set<{ readonly since: number }>()
  let lastFull = -Infinity
  return {
    taken(size) {
      const batch = { since: now() }
      inHand.add(batch)
      if (size >= full) lastFull = now()
      return () => void inHand.delete(batch)
    },
    behind() {
      const at = now()
      if (at - started < SETTLE_MS) return 'just started: facts may be waiting'
      if (at - lastFull < RECENT_MS) return 'facts are waiting to be applied'
      for (const { since } of inHand) if (at - since > HELD_MS) return 'facts are held until the database is back'
      return undefined
    },
  }
}
