import { AlertCleared, AlertRaised } from '@surepost/shared/contracts'
import { messageOf } from '@surepost/shared/errors'
import type { Bus } from '@surepost/shared/messaging'
import { type Scope, linkedSignal } from '@surepost/shared/runtime'

/** What is known of the database from applying to it. Says each change once: in the log, and as an alert if it lasts. */
export interface Outage {
  /** It could not be used, because of this. */
  began(cause: unknown): void
  ended(): void
}

export interface OutageOptions {
  readonly bus: Pick<Bus, 'emit'>
  readonly log: Scope['log']
  readonly signal: AbortSignal
  /** A shorter outage raises no alert. */
  readonly alertAfterMs?: number
}

const OUTAGE_ALERT = 'database:away'
const EMIT_MS = 10_000

const now = (): string => new Date().toISOString()

export const createOutage = ({ bus, log, signal, alertAfterMs = 10_000 }: OutageOptions): Outage => {
  let since: number | undefined
  let timer: NodeJS.Timeout | undefined
  let raised = false

  const tell = async (send: (options: { readonly signal: AbortSignal }) => Promise<void>): Promise<void> => {
    using ends = linkedSignal(signal, AbortSignal.timeout(EMIT_MS))
    try {
      await send({ signal: ends.signal })
    } catch (error) {
      if (!signal.aborted) log.error({ err: error }, 'the alert about the database could not be sent')
    }
  }

  return {
    began(cause) {
      if (since !== undefined) return
      since = performance.now()
      log.warn({ reason: messageOf(cause) }, 'the database cannot be used: holding the facts, probing')
      timer = setTimeout(() => {
        raised = true
        const sentence = `The database cannot be used (${messageOf(cause).slice(0, 500)}). Nothing is lost: facts wait in their queue. Bring it back; the persister goes on by itself.`
        void tell((options) =>
          bus.emit(AlertRaised, { at: now(), key: OUTAGE_ALERT, severity: 'critical', sentence }, options),
        )
      }, alertAfterMs).unref()
    },
    ended() {
      if (since === undefined) return
      log.info({ seconds: Math.round((performance.now() - since) / 1_000) }, 'the database is back')
      since = undefined
      clearTimeout(timer)
      if (raised) void tell((options) => bus.emit(AlertCleared, { at: now(), key: OUTAGE_ALERT }, options))
      raised = false
    },
  }
}
