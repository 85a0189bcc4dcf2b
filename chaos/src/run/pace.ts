import type { PlannedFault, PlannedWork } from '../plan/types.ts'

/**
 * Keeps work and faults together. Faults fall behind their plan when they wait for an action, or for each other, and work
 * when the machine is slow; without this the last ones of either would meet a system without the other.
 */
export interface Pace {
  /** A fault has begun. */
  begun(fault: PlannedFault): void
  /** A piece of work was given. */
  given(work: PlannedWork): void
  /** Resolves when work planned for this moment may be submitted. */
  allowsWork(at: number, signal: AbortSignal): Promise<void>
  /** Resolves when a fault planned for this moment may begin. */
  allowsFault(at: number, signal: AbortSignal): Promise<void>
}

/** How far, in milliseconds of the plan, one may be ahead of the earliest of the other that has not begun. */
const AHEAD_MS = 20_000

export const paceOf = (faults: readonly PlannedFault[], work: readonly PlannedWork[]): Pace => {
  const waitingFaults = frontierOf(faults)
  const waitingWork = frontierOf(work)
  return {
    begun: (fault) => waitingFaults.pass(fault),
    given: (item) => waitingWork.pass(item),
    allowsWork: (at, signal) => waitingFaults.reaches(at - AHEAD_MS, signal),
    allowsFault: (at, signal) => waitingWork.reaches(at - AHEAD_MS, signal),
  }
}

const frontierOf = <T extends { readonly at: number }>(all: readonly T[]) => {
  const waiting = new Set(all)
  let changed = Promise.withResolvers<void>()
  const earliest = (): number => [...waiting].reduce((least, { at }) => Math.min(least, at), Infinity)
  return {
    pass: (one: T): void => {
      waiting.delete(one)
      changed.resolve()
      changed = Promise.withResolvers()
    },
    /** Resolves when nothing before this moment is waiting; also when the signal is aborted. */
    reaches: async (at: number, signal: AbortSignal): Promise<void> => {
      const stopped = Promise.withResolvers<void>()
      signal.addEventListener('abort', () => stopped.resolve(), { once: true })
      while (!signal.aborted && at > earliest()) await Promise.race([changed.promise, stopped.promise])
    },
  }
}
