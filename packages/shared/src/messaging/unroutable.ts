import type { Logger } from 'pino'
import { ALERTS, AlertCleared, AlertRaised, type FactContract, cleared, raised } from '../contracts/index.ts'
import { pause } from '../runtime/deadline.ts'
import { HEADER, encode, properties } from './envelope.ts'
import type { Publisher } from './publisher.ts'
import { FACTS_EXCHANGE } from './topology.ts'

/** Without another one of its type for so long the hole counts as mended. */
const CALM_MS = 15_000
/** The alert itself may meet the hole: it is tried again so often, each second. */
const TRIES = 30

/** Tells of messages that no queue took, by type, until none came back for a while. Never throws. */
export class UnroutableAlerts {
  readonly #publisher: () => Publisher
  readonly #service: string
  readonly #log: Logger
  readonly #standing = new Map<string, NodeJS.Timeout>()
  readonly #closing = new AbortController()
  #last: Promise<void> = Promise.resolve()

  constructor(publisher: () => Publisher, service: string, log: Logger) {
    this.#publisher = publisher
    this.#service = service
    this.#log = log
  }

  returned(type: string): void {
    if (this.#closing.signal.aborted) return
    const known = this.#standing.get(type)
    clearTimeout(known)
    this.#standing.set(
      type,
      setTimeout(() => this.#calm(type), CALM_MS),
    )
    if (known !== undefined) return
    const what = `A message ${type} of ${this.#service} found no queue.`
    this.#say(AlertRaised, raised(ALERTS.unroutable, what, this.#subject(type)))
  }

  /** Clears what stands: a process that has ended sees nothing come back. */
  async close(): Promise<void> {
    for (const [type, timer] of this.#standing) {
      clearTimeout(timer)
      this.#calm(type)
    }
    this.#closing.abort()
    await this.#last
  }

  #subject(type: string): string {
    return `${type}.${this.#service}`
  }

  #calm(type: string): void {
    this.#standing.delete(type)
    this.#say(AlertCleared, cleared(ALERTS.unroutable, this.#subject(type)))
  }

  #say(contract: FactContract, body: object): void {
    this.#last = this.#last.then(() => this.#publish(contract, body))
  }

  async #publish(contract: FactContract, body: object): Promise<void> {
    const headers = { [HEADER.version]: contract.version }
    const message = {
      exchange: FACTS_EXCHANGE,
      routingKey: contract.type,
      content: encode(contract, body),
      properties: properties(this.#service, contract.type, { headers }),
    }
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#publisher().publish(message)
        return
      } catch (error) {
        if (tries < TRIES && (await pause(1_000, this.#closing.signal))) continue
        this.#log.error({ err: error }, 'an alert about an unroutable message could not be told')
        return
      }
    }
  }
}
