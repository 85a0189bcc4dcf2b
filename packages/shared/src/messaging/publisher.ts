import type { ConfirmChannel, Message, Options } from 'amqplib'
import type { Logger } from 'pino'
import { UnavailableError, messageOf } from '../errors/index.ts'
import { backoffMs, within } from '../runtime/deadline.ts'
import { type Session, keepConfirmChannel } from './channels.ts'
import { UnroutableError } from './errors.ts'
import type { Keeper } from './keeper.ts'
import type { Link } from './link.ts'
import type { BusMetrics } from './metrics.ts'
import { asError } from './unexpected.ts'

/** One message on its way out. */
export interface Outgoing {
  /** Empty: straight to the queue named by the key. */
  readonly exchange: string
  readonly routingKey: string
  readonly content: Buffer
  readonly properties: Options.Publish & { readonly messageId: string; readonly type: string }
  /** An unroutable message is an error, unless this is false. */
  readonly mandatory?: boolean
}

interface Pending extends Outgoing {
  settled: boolean
  returned: boolean
  nacks: number
  /** The one it was last sent on: what an earlier one still says is void. */
  session: Session<ConfirmChannel> | undefined
  readonly settle: (error?: Error) => void
}

export interface PublisherOptions {
  readonly link: Link
  readonly log: Logger
  readonly metrics: BusMetrics
  /** Most messages that are sent and not confirmed. */
  readonly window: number
  /** Called when a message for one of our exchanges came back: the topology has a hole. */
  readonly onHole: () => void
}

/** How long one publish may take altogether, from the call to the confirm. */
export const PUBLISH_MS = 30_000
/** Callers that may wait for room in the window; more are refused at once. */
const MOST_WAITING = 10_000
/** What amqplib gives to the callback of a nacked message; a lost channel gives another error. */
const NACKED = 'message nacked'

/**
 * Publishes with confirms in a bounded window. What was sent and not confirmed when a channel or a connection is lost
 * is sent again, in order and with the same id, so a consumer may see it twice and never not at all.
 */
export class Publisher {
  readonly #options: PublisherOptions
  readonly #channel: Keeper<Session<ConfirmChannel>>
  /** Everything that was not settled towards its caller. */
  readonly #open = new Set<Pending>()
  /** What occupies the window. */
  readonly #unconfirmed = new Set<Pending>()
  /** In order; a Set, since a caller that gives up leaves from the middle. */
  #waiting = new Set<Pending>()
  #lost: Pending[] = []
  #closed = false
  #idle: (() => void) | undefined

  constructor(options: PublisherOptions) {
    this.#options = options
    this.#channel = keepConfirmChannel({
      name: 'The publishing channel',
      link: options.link,
      log: options.log,
      setup: async ({ channel }) => void channel.on('return', (message) => this.#returned(message)),
      onUp: () => this.pump(),
      onDown: () => this.#recover(),
    })
  }

  get trouble(): string | undefined {
    return this.#channel.trouble
  }

  /**
   * Resolves when the broker has confirmed the message.
   * @throws UnroutableError when no queue takes it
   * @throws UnavailableError when it was not confirmed within PUBLISH_MS, refused to the end, or when too many wait; it
   *   may have arrived nevertheless: a repeat uses the same id
   * @throws the signal's reason
   */
  publish(outgoing: Outgoing, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new UnavailableError('rabbitmq', 'The bus was closed.'))
      if (signal?.aborted === true) return reject(asError(signal.reason))
      if (this.#waiting.size >= MOST_WAITING)
        return reject(new UnavailableError('rabbitmq', `${MOST_WAITING} messages wait to be published already: ${this.#why()}.`))
      const giveUp = (): void => pending.settle(asError(signal?.reason))
      const timer = setTimeout(() => pending.settle(this.#late(pending)), PUBLISH_MS)
      const pending: Pending = {
        ...outgoing,
        settled: false,
        returned: false,
        nacks: 0,
        session: undefined,
        settle: (error) => {
          if (pending.settled) return
          pending.settled = true
          clearTimeout(timer)
          signal?.removeEventListener('abort', giveUp)
          this.#waiting.delete(pending)
          this.#open.delete(pending)
          if (error === undefined) resolve()
          else reject(error)
          this.#checkIdle()
        },
      }
      signal?.addEventListener('abort', giveUp, { once: true })
      this.#open.add(pending)
      this.#waiting.add(pending)
      this.pump()
    })
  }

  /** Send what may be sent now. */
  pump(): void {
    const session = this.#channel.held
    if (session === undefined) return
    for (const pending of this.#waiting) {
      if (this.#unconfirmed.size >= this.#options.window || session.lost.aborted || session.connected.blocked !== undefined) return
      this.#waiting.delete(pending)
      this.#send(session, pending)
    }
  }

  /** Take no more, and wait `ms` for what is under way; then its senders get an UnavailableError. */
  async close(ms: number): Promise<void> {
    this.#closed = true
    const idle = new Promise<void>((resolve) => {
      this.#idle = resolve
      this.#checkIdle()
    })
    const closed = (): Error => new UnavailableError('rabbitmq', `The bus was closed before RabbitMQ confirmed: ${this.#why()}.`)
    await within(idle, ms, closed).catch(() => this.#open.forEach((pending) => pending.settle(closed())))
    await this.#channel.stop()
  }

  #send(session: Session<ConfirmChannel>, pending: Pending): void {
    const { exchange, routingKey, content, properties, mandatory = true } = pending
    pending.returned = false
    pending.session = session
    this.#unconfirmed.add(pending)
    this.#options.metrics.published.inc({ type: properties.type })
    try {
      session.channel.publish(exchange, routingKey, content, { ...properties, mandatory, persistent: true }, (error: unknown) =>
        this.#confirmed(session, pending, error),
      )
    } catch (error) {
      this.#unconfirmed.delete(pending)
      // amqplib throws this on a channel that has just closed; anything else is a message that cannot be encoded.
      if (error instanceof Error && error.name === 'IllegalOperationError') this.#lost.push(pending)
      else pending.settle(asError(error))
    }
  }

  #confirmed(session: Session<ConfirmChannel>, pending: Pending, error: unknown): void {
    if (pending.session !== session) return
    this.#unconfirmed.delete(pending)
    const { metrics } = this.#options
    const { type } = pending.properties
    if (error === null) {
      metrics.confirmed.inc({ type })
      pending.settle(pending.returned ? new UnroutableError(pending.exchange, pending.routingKey) : undefined)
    } else if (messageOf(error) === NACKED) {
      metrics.nacked.inc({ type })
      this.#sendLater(pending)
    } else if (!pending.settled) this.#lost.push(pending)
    this.pump()
  }

  /** A queue that is full or without a leader refuses; that passes, so it is tried until the deadline. */
  #sendLater(pending: Pending): void {
    pending.nacks += 1
    const timer = setTimeout(() => {
      if (pending.settled) return
      this.#waiting.add(pending)
      this.pump()
    }, backoffMs(pending.nacks, 100, 5_000))
    timer.unref()
  }

  /** The return comes before the confirm. Equal messages under way at once share their fate: both are repeated. */
  #returned({ fields, properties }: Message): void {
    for (const pending of this.#unconfirmed) {
      if (
        pending.properties.messageId === properties.messageId &&
        pending.exchange === fields.exchange &&
        pending.routingKey === fields.routingKey
      )
        pending.returned = true
    }
    this.#options.metrics.returned.inc({ type: String(properties.type) })
    if (fields.exchange !== '') this.#options.onHole()
  }

  #recover(): void {
    // amqplib fails the callbacks of a closed channel by itself; on a cut connection it may not get to it.
    const open = [...this.#lost, ...this.#unconfirmed].filter((pending) => !pending.settled)
    this.#lost = []
    this.#unconfirmed.clear()
    this.#waiting = new Set([...open, ...this.#waiting])
  }

  #why(): string {
    const { link } = this.#options
    const blocked = link.held?.blocked
    if (blocked !== undefined) return `RabbitMQ blocks publishers (${blocked})`
    return link.trouble ?? this.#channel.trouble ?? 'RabbitMQ is slow to confirm'
  }

  #late({ properties, nacks }: Pending): UnavailableError {
    const refused = nacks > 0 ? `; the queue refused it ${nacks} times` : ''
    const text = `Message ${properties.messageId} (${properties.type}) was not confirmed within ${PUBLISH_MS} ms: ${this.#why()}${refused}.`
    return new UnavailableError('rabbitmq', text)
  }

  #checkIdle(): void {
    if (this.#open.size === 0) this.#idle?.()
  }
}
