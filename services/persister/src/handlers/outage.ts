import { messageOf } from '@surepost/shared/errors'
import type { Scope } from '@surepost/shared/runtime'

/** What is known of the database from applying to it. Logs each change once. */
export interface Outage {
  /** It could not be used, because of this. */
  began(cause: unknown): void
  ended(): void
  /** Since how many milliseconds it cannot be used, and why; undefined while it can. */
  lasting(): { readonly ms: number; readonly cause: string } | undefined
  /** When the last one ended; null when there was none since the start. */
  endedAt(): Date | null
}

export const createOutage = (log: Scope['log'], now: () => number = () => performance.now()): Outage => {
  let current: { readonly since: number; readonly cause: string } | undefined
  let endedAt: Date | null = null
  return {
    began(cause) {
      if (current !== undefined) return
      current = { since: now(), cause: messageOf(cause) }
      log.warn({ reason: current.cause }, 'the database cannot be used: holding the facts, probing')
    },
    ended() {
      if (current === undefined) return
      log.info({ seconds: Math.round((now() - current.since) / 1_000) }, 'the database is back')
      current = undefined
      endedAt = new Date()
    },
    lasting: () => (current === undefined ? undefined : { ms: now() - current.since, cause: current.cause }),
    endedAt: () => endedAt,
  }
}
