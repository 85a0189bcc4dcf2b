/** Virtual time: milliseconds since 1970, as everywhere in the ledger. */
export type Millis = number

interface Entry {
  readonly at: Millis
  /** Of two at the same moment the one that was planned first comes first. */
  readonly order: number
  readonly run: () => void
}

/** What will happen and when: the only thing that moves virtual time. */
export interface Agenda {
  readonly now: Millis
  /** Not before now. */
  at(time: Millis, run: () => void): void
  after(ms: Millis, run: () => void): void
  /** Do what comes next. @returns false when nothing does, or not before `until` */
  step(until: Millis): boolean
}

const before = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

/** A binary heap by time. */
export const agendaFrom = (start: Millis): Agenda => {
  const heap: Entry[] = []
  let now = start
  let planned = 0

  const up = (entry: Entry): void => {
    let i = heap.length
    while (i > 0) {
      const parent = (i - 1) >> 1
      const above = heap[parent]
      if (above === undefined || !before(entry, above)) break
      heap[i] = above
      i = parent
    }
    heap[i] = entry
  }
  const down = (entry: Entry): void => {
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      let least = heap[child]
      if (least === undefined) break
      const right = heap[child + 1]
      if (right !== undefined && before(right, least)) {
        least = right
        child += 1
      }
      if (!before(least, entry)) break
      heap[i] = least
      i = child
    }
    heap[i] = entry
  }
  const at = (time: Millis, run: () => void): void => up({ at: Math.max(time, now), order: (planned += 1), run })

  return {
    get now() {
      return now
    },
    at,
    after: (ms, run) => at(now + ms, run),
    step(until) {
      const first = heap[0]
      if (first === undefined || first.at > until) return false
      const last = heap.pop()
      if (last !== undefined && heap.length > 0) down(last)
      now = first.at
      first.run()
      return true
    },
  }
}
