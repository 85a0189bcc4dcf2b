import type { Logger } from 'pino'
import { killGroup, processesOf } from './group.ts'
import type { BrowserPool } from './pool.ts'

export interface StrayPorts {
  readonly pool: Pick<BrowserPool, 'groups' | 'launching'>
  /** Process groups of browsers that exist, whoever knows of them. */
  readonly groups: () => Promise<ReadonlySet<number>>
  readonly kill: (group: number) => void
  readonly log: Logger
}

export interface Strays {
  /** Those that were there when it was looked last, beyond what is being launched. */
  readonly count: number
  look(now: number): Promise<void>
}

/** The pool knows of a browser when its launch has ended, which takes 35 s at most: one that it does not know of by then is nobody's. */
const STRAY_MS = 45_000
/** Later, so that the alarm of what is not accounted for (10 s) is heard before. */
const KILL_MS = 60_000

/** Process groups of the browsers in a folder. */
export const groupsIn = async (folder: string): Promise<ReadonlySet<number>> =>
  new Set((await processesOf(folder)).map(({ group }) => group))

/**
 * Browsers that the pool has lost sight of, found by their processes: a count that the pool keeps of itself could not show
 * them. Nothing may act in one, so it is killed; that there was one is a bug, and told as such.
 */
export const openStrays = ({ pool, groups, kill, log }: StrayPorts): Strays => {
  const since = new Map<number, number>()
  let count = 0
  return {
    get count() {
      return count
    },
    async look(now) {
      const there = await groups()
      const unknown = [...there].filter((group) => !pool.groups.has(group))
      for (const group of since.keys()) if (!unknown.includes(group)) since.delete(group)
      for (const group of unknown) if (!since.has(group)) since.set(group, now)
      const olderThan = (ms: number): number[] => unknown.filter((group) => now - (since.get(group) ?? now) >= ms)
      // Which of them are being launched nobody can tell, but how many are.
      count = Math.max(unknown.length - pool.launching, olderThan(STRAY_MS).length)
      for (const group of olderThan(KILL_MS)) {
        log.error({ group }, 'a browser that nobody knows of is killed')
        kill(group)
      }
    },
  }
}

export const straysIn = (folder: string, { pool, log }: Pick<StrayPorts, 'pool' | 'log'>): Strays =>
  openStrays({ pool, groups: () => groupsIn(folder), kill: killGroup, log })
