import type { Logger } from 'pino'
import { ALERTS, AlertRaised, alertKey, raised } from '../contracts/index.ts'
import { FACTS_EXCHANGE, deadQueue } from './topology.ts'
import { HEADER, encode, properties } from './envelope.ts'
import type { Publisher } from './publisher.ts'

/** One alert per queue in this time; what happens in between is told at its end. */
const EVERY_MS = 60_000

/** The key of the alert that a queue has dead letters. Cleared by whoever empties the dead queue. */
export const deadLetterAlert = (queue: string): string => alertKey(ALERTS.deadLetters, queue)

interface Recent {
  readonly timer: NodeJS.Timeout
  /** The latest that was held back. */
  waiting: Parking | undefined
}

interface Parking {
  readonly what: string
  /** When it was parked: told later, it does not undo a clearing that came in between. */
  readonly at: Date
}

/** Raises the alerts for dead letters, at most one per queue and minute. */
export class DeadLetterAlerts {
  readonly #publisher: Publisher
  readonly #service: string
  readonly #log: Logger
  readonly #recent = new Map<string, Recent>()

  constructor(publisher: Publisher, service: string, log: Logger) {
    this.#publisher = publisher
    this.#service = service
    this.#log = log
  }

  /** Say that a message was parked, and why. Never throws: parking it is what must not fail. */
  async raise(queue: string, reason: string): Promise<void> {
    const parking = { what: `A message of ${queue} was parked in ${deadQueue(queue)}: ${reason}.`, at: new Date() }
    const recent = this.#recent.get(queue)
    if (recent !== undefined) {
      recent.waiting = parking
      return
    }
    this.#recent.set(queue, {
      timer: setTimeout(() => void this.#tellRest(queue), EVERY_MS).unref(),
      waiting: undefined,
    })
    await this.#emit(queue, parking)
  }

  /** Tell at once what was held back. */
  async flush(): Promise<void> {
    await Promise.all([...this.#recent.keys()].map((queue) => this.#tellRest(queue)))
  }

  async #tellRest(queue: string): Promise<void> {
    const recent = this.#recent.get(queue)
    clearTimeout(recent?.timer)
    this.#recent.delete(queue)
    if (recent?.waiting !== undefined) await this.#emit(queue, recent.waiting)
  }

  async #emit(queue: string, parking: Parking): Promise<void> {
    const body = raised(ALERTS.deadLetters, parking.what, queue, parking.at)
    try {
      await this.#publisher.publish({
        exchange: FACTS_EXCHANGE,
        routingKey: AlertRaised.type,
        content: encode(AlertRaised, body),
        properties: properties(this.#service, AlertRaised.type, { headers: { [HEADER.version]: AlertRaised.version } }),
      })
    } catch (error) {
      this.#log.error({ err: error, queue }, 'an alert about a dead letter could not be raised')
    }
  }
}
