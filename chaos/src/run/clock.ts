import { setTimeout as delay } from 'node:timers/promises'

/** The time of a run: milliseconds since its work began. */
export interface Clock {
  readonly now: number
  /** Resolves at that moment, at once when it has passed; also when the signal is aborted. */
  until(at: number, signal: AbortSignal): Promise<void>
}

export const startClock = (): Clock => {
  const start = Date.now()
  return {
    get now() {
      return Date.now() - start
    },
    until: async (at, signal) => {
      const left = start + at - Date.now()
      if (left > 0) await delay(left, undefined, { signal }).catch(() => undefined)
    },
  }
}
