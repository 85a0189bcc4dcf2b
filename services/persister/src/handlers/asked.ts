import type { Bus } from '@surepost/shared/messaging'
import { type Scope, pause } from '@surepost/shared/runtime'

/** How much waits in some queues, as last seen. Disposing stops looking. */
export interface Depths extends AsyncDisposable {
  /** Undefined while it is not known. */
  of(queue: string): number | undefined
}

export const watchDepths = (
  bus: Pick<Bus, 'waiting'>,
  queues: readonly string[],
  everyMs: number,
  log: Scope['log'],
): Depths => {
  const stop = new AbortController()
  let known = new Map<string, number>()
  const look = async (): Promise<void> => {
    try {
      known = new Map((await bus.waiting(queues)).map(({ queue, messages }) => [queue, messages]))
    } catch (error) {
      known = new Map()
      log.debug({ err: error }, 'how much waits is not known')
    }
  }
  const loop = (async () => {
    do await look()
    while (await pause(everyMs, stop.signal))
  })()
  return {
    of: (queue) => known.get(queue),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await loop
    },
  }
}

/** Sendings remembered for each queue. */
const MOST_KEPT = 10_000
/** What was asked for this long ago and was not begun: to ask for more only makes a queue in which it grows old. */
const OLD_MS = 120_000

export interface Asked {
  sent(queue: string): void
  /** How long the oldest that waits in a queue has waited there, in milliseconds, as far as this process has sent it. */
  ageMs(queue: string): number
  /** Why no more is to be asked for now; undefined when there is room. The same words while it is so. */
  full(queue: string): string | undefined
}

/** Queues are first in, first out: of `depth` that wait the oldest is the one that was sent `depth` sendings ago. */
export const createAsked = (depths: Pick<Depths, 'of'>, now: () => number = () => performance.now()): Asked => {
  const times = new Map<string, number[]>()
  const ageMs = (queue: string): number => {
    const depth = depths.of(queue) ?? 0
    const sent = times.get(queue) ?? []
    const oldest = depth === 0 ? undefined : sent[Math.max(0, sent.length - depth)]
    return oldest === undefined ? 0 : now() - oldest
  }
  return {
    sent(queue) {
      const sent = times.get(queue) ?? []
      sent.push(now())
      if (sent.length > MOST_KEPT) sent.splice(0, sent.length - MOST_KEPT)
      times.set(queue, sent)
    },
    ageMs,
    full: (queue) => (ageMs(queue) < OLD_MS ? undefined : `what was asked for earlier still waits in ${queue}`),
  }
}
