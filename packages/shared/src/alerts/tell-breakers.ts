import {
  ALERTS,
  AlertCleared,
  AlertRaised,
  BreakerChanged,
  type FactContract,
  type InputOf,
  cleared,
  raised,
} from '../contracts/index.ts'
import type { BreakerState } from '../runtime/breakers.ts'
import { gauge } from '../runtime/metrics.ts'
import type { Scope } from '../runtime/types.ts'

export interface BreakerPorts {
  readonly bus: { emit<C extends FactContract>(contract: C, body: InputOf<C>): Promise<void> }
  readonly log: Scope['log']
  /** Whose breakers they are. */
  readonly service: string
}

const VALUES: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 }

/** A listener that logs, measures and tells every change of a breaker: as a fact, and as an alert while it is open. */
export const tellBreakers = ({ bus, log, service }: BreakerPorts) => {
  const gauged = gauge('surepost_breaker_state', 'Breakers by name: 0 closed, 1 half-open, 2 open.', ['breaker'])
  const tell = async (breaker: string, state: BreakerState, probeAt: Date | null): Promise<void> => {
    const subject = `${breaker}.${service}`
    await bus.emit(BreakerChanged, {
      at: new Date().toISOString(),
      service,
      breaker: breaker.slice(0, 100),
      state,
      probeAt: state === 'open' ? (probeAt?.toISOString() ?? null) : null,
    })
    if (state === 'closed') await bus.emit(AlertCleared, cleared(ALERTS.breakerOpen, subject))
    if (state !== 'open') return
    const what = `For ${service}, ${breaker} failed again and again.`
    await bus.emit(AlertRaised, raised(ALERTS.breakerOpen, what, subject))
  }
  // One after the other, so that words about one breaker keep their order.
  let last: Promise<void> = Promise.resolve()
  return (breaker: string, state: BreakerState, probeAt: Date | null = null): void => {
    log.warn({ breaker, state }, 'a breaker changed')
    gauged.set({ breaker }, VALUES[state])
    last = last
      .then(() => tell(breaker, state, probeAt))
      .catch((error: unknown) => log.warn({ err: error, breaker }, 'a breaker could not be told of'))
  }
}
