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
import { UnavailableError } from '../errors/index.ts'
import type { BreakerState } from '../runtime/breakers.ts'
import { gauge } from '../runtime/metrics.ts'
import type { Scope } from '../runtime/types.ts'

export interface BreakerPorts {
  readonly bus: { emit<C extends FactContract>(contract: C, body: InputOf<C>): Promise<void> }
  readonly log: Scope['log']
  /** Whose breakers they are. */
  readonly service: string
}

interface Word {
  readonly state: BreakerState
  readonly probeAt: Date | null
  readonly at: Date
}

const VALUES: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 }
const AGAIN_MS = 1_000

const tell = async ({ bus, service }: BreakerPorts, breaker: string, { state, probeAt, at }: Word): Promise<void> => {
  const subject = `${breaker}.${service}`
  await bus.emit(BreakerChanged, {
    at: at.toISOString(),
    service,
    breaker: breaker.slice(0, 100),
    state,
    probeAt: state === 'open' ? (probeAt?.toISOString() ?? null) : null,
  })
  if (state === 'closed') await bus.emit(AlertCleared, cleared(ALERTS.breakerOpen, subject, at))
  if (state !== 'open') return
  const what = `For ${service}, ${breaker} failed again and again.`
  await bus.emit(AlertRaised, raised(ALERTS.breakerOpen, what, subject, at))
}

/**
 * A listener that logs, measures and tells every change of a breaker: as a fact, and as an alert while it is open. What cannot be
 * told, because RabbitMQ is away as well, is told when it is back: the last state of each breaker, since an older one is of no use.
 */
export const tellBreakers = (ports: BreakerPorts) => {
  const { log } = ports
  const gauged = gauge('surepost_breaker_state', 'Breakers by name: 0 closed, 1 half-open, 2 open.', ['breaker'])
  const untold = new Map<string, Word>()
  let telling = false
  // One after the other, so that words about one breaker keep their order.
  const tellAll = async (): Promise<void> => {
    if (telling) return
    telling = true
    for (let [next] = untold; next !== undefined; [next] = untold) {
      const [breaker, word] = next
      try {
        await tell(ports, breaker, word)
        if (untold.get(breaker) === word) untold.delete(breaker)
      } catch (error) {
        log.warn({ err: error, breaker }, 'a breaker could not be told of')
        if (!(error instanceof UnavailableError)) untold.delete(breaker)
        // No reason to keep a process that has nothing else to do.
        await new Promise<void>((resolve) => setTimeout(resolve, AGAIN_MS).unref())
      }
    }
    telling = false
  }
  return (breaker: string, state: BreakerState, probeAt: Date | null = null): void => {
    log.warn({ breaker, state }, 'a breaker changed')
    gauged.set({ breaker }, VALUES[state])
    untold.set(breaker, { state, probeAt, at: new Date() })
    void tellAll()
  }
}
