import { PoolPressure } from '@surepost/shared/contracts'
import type { RecordedFact } from '@surepost/shared/messaging'
import type { z } from 'zod'

type Told = z.output<typeof PoolPressure.body>

/** A shard that has said nothing for so long says nothing of now (it tells every 5 s). */
const STALE_MS = 20_000
/** Background requests in line, per slot: more than this are not read sooner by asking for more. */
const MOST_WAITING_PER_SLOT = 2

export interface Pressure {
  readonly hear: (fact: RecordedFact) => void
  /** Why there is no room for more background work; undefined when there is, or when nothing is known. */
  readonly full: () => string | undefined
  /** Milliseconds since a shard was heard; since the start, for one that never was. */
  readonly silentMs: (shard: number) => number
}

/**
 * How full the browser-brokers are, by what they tell. Asking for more readings than browsers can be had only makes a
 * queue in which what was asked for grows old.
 */
export const createPressure = (now: () => number = () => performance.now()): Pressure => {
  const told = new Map<number, { readonly pressure: Told; readonly at: number }>()
  const started = now()
  return {
    silentMs: (shard) => now() - (told.get(shard)?.at ?? started),
    hear({ type, body }) {
      if (type !== PoolPressure.type) return
      const pressure = PoolPressure.body.safeParse(body)
      if (pressure.success) told.set(pressure.data.shard, { pressure: pressure.data, at: now() })
    },
    full() {
      const fresh = [...told.values()].filter(({ at }) => now() - at < STALE_MS).map(({ pressure }) => pressure)
      const crowded = fresh.filter(
        ({ slots, waiting }) => waiting.background >= Math.max(1, slots) * MOST_WAITING_PER_SLOT,
      )
      // Shards hold different accounts: as long as one has room, its share is worth asking for.
      if (fresh.length === 0 || crowded.length < fresh.length) return undefined
      const waiting = crowded.reduce((sum, pressure) => sum + pressure.waiting.background, 0)
      return `the browser-broker is full: ${waiting} readings wait in line for a browser`
    },
  }
}
