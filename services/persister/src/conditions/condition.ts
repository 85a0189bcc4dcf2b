import type { BodyOf, AlertRaised } from '@surepost/shared/contracts'
import type { Outage } from '../handlers/outage.ts'
import type { QueueAge } from '../handlers/queue-age.ts'

/** Something that people are told of while it is so. */
export interface Condition {
  readonly key: string
  readonly severity: BodyOf<typeof AlertRaised>['severity']
  /** Looked at again and again: what is wrong and what to do; undefined while nothing is. */
  readonly sentence: () => string | undefined
}

/** A shorter outage raises no alert. */
const OUTAGE_MS = 10_000

export const databaseAway = (outage: Outage): Condition => ({
  key: 'database:away',
  severity: 'critical',
  sentence() {
    const lasting = outage.lasting()
    if (lasting === undefined || lasting.ms < OUTAGE_MS) return undefined
    return `The database cannot be used (${lasting.cause.slice(0, 500)}). Nothing is lost: facts wait in their queue. Bring it back; the persister goes on by itself.`
  },
})

/**
 * Facts wait for long, whatever the reason. One look is not enough: a dead letter that is replayed is old as well, and
 * recorded at once.
 */
export const recordQueueOld = (age: QueueAge, oldMs: number): Condition => {
  let looks = 0
  return {
    key: 'record_queue:old',
    severity: 'warning',
    sentence() {
      const oldest = age.oldest()
      looks = oldest < oldMs ? 0 : looks + 1
      if (looks < 2) return undefined
      return `Facts wait for ${Math.round(oldest / 1_000)} s to be recorded: the database does not know yet what happened since. Nothing is lost. If the database is up and this lasts, start more persisters.`
    },
  }
}
