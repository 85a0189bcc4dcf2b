import type { PlannedFault } from '../plan/types.ts'

/**
 * Keeps work and faults together. Faults fall behind their plan when they wait for an action, or for each other; without
 * this the last ones would meet a system with nothing to do.
 */
export interface Pace {
  /** A fault has begun. */
  begun(fault: PlannedFault): void
  /** Resolves when work planned for this moment may be submitted. */
  allows(at: number, signal: AbortSignal): Promise<void>
}

/** How far, in milliseconds of the plan, work may be ahead of the earliest fault that has not begun. */
const AHEAD_MS = 20_000

export const paceOf = (faults: readonly PlannedFault[]): Pace => {
  const waiting = new Set(faults)
  let changed = Promise.withResolvers<void>()
  const frontier = (): number => Math.min(...[...waiting].map(({ at }) => at))
  return {
    begun: (fault) => {
      waiting.delete(fault)
      changed.resolve()
      changed = Promise.withResolvers()
    },
    allows: async (at, signal) => {
      const stopped = Promise.withResolvers<void>()
      signal.addEventListener('abort', () => stopped.resolve(), { once: true })
      while (!signal.aborted && at > frontier() + AHEAD_MS) await Promise.race([changed.promise, stopped.promise])
    },
  }
}
