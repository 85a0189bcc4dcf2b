import type { Logger } from 'pino'
import type { Holding } from './holding.ts'
import type { BrokerLimits } from './limits.ts'
import { decideYield } from './outlook.ts'
import type { Limits } from './schedule.ts'
import type { Waiting } from './table.ts'

export interface YieldPorts {
  readonly holding: Pick<Holding, 'held' | 'find'>
  readonly log: Logger
}

/** Asks background leases to end early, each once. */
export interface Yielding {
  /** @returns when to look again, in milliseconds since 1970; null: not before something happens */
  ask(waiting: readonly Waiting[], now: number, limits: Limits & BrokerLimits): number | null
}

export const openYielding = ({ holding, log }: YieldPorts): Yielding => {
  const asked = new Set<string>()
  return {
    ask(waiting, now, limits) {
      const { held } = holding
      for (const leaseId of asked) if (!held.some((h) => h.leaseId === leaseId)) asked.delete(leaseId)
      const { leaseIds, decideAgainAt } = decideYield({ waiting, held }, asked, now, limits)
      for (const leaseId of leaseIds) {
        asked.add(leaseId)
        holding.find(leaseId)?.yielding.abort()
        log.info({ leaseId }, 'a background lease is asked to end early')
      }
      return decideAgainAt
    },
  }
}
