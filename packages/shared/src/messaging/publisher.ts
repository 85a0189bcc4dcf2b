import type { ConfirmChannel, Message } from 'amqplib'
import type { Logger } from 'pino'
import { UnavailableError, messageOf } from '../errors/index.ts'
import { backoffMs, within } from '../runtime/deadline.ts'
import { type Session, keepConfirmChannel } from './channels.ts'
import { UnroutableError } from './errors.ts'
import type { Keeper } from './keeper.ts'
import type { Link } from './link.ts'
import { type BusMetrics, countersByType } from './metrics.ts'
import { type Outgoing, Pending } from './pending.ts'
import { asError } from './unexpected.ts'

export interface PublisherOptions {
  readonly link: Link
  readonly log: Logger
  readonly metrics: BusMetrics
  /** Most messages that are sent and not confirmed. */
  readonly window: number
  /** Called when a message for one of our exchanges came back: the topology has a hole. */
  readonly onHole: (type: string) => void
  /** How long one publish may take altogether, from the call to the confirm. */
  readonly deadlineMs?: number
}

const DEADLINE_MS = 30_000
/** Callers that may wait for room in the window, and the bytes of all open messages; what is more is refused at once. */
const MOST_WAITING = 10_000
const MOST_BYTES = 64 * 1024 * 1024
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
  /** Sent on a channel that is gone. */
  #lost: Pending[] = []
  /** Of everything in `#open`. */
  #bytes = 0
  readonly #countersOf: ReturnType<typeof countersByType>
  #watching = false
  #closed = false
  #idle: (() => void) | undefined

  constructor(options: PublisherOptions) {
    this.#options = options
    this.#countersOf = countersByType(options.metrics)
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
   * @throws UnavailableError when it was not confirmed within the deadline, or when too many wait already; it may have
   *   arrived nevertheless: a repeat uses the same id
   * @throws the signal's reason
   */
  async publish(outgoing: Outgoing, signal?: AbortSignal): Promise<void> {
    if (this.#closed) throw new UnavailableError('rabbitmq', 'The bus was closed.')
    signal?.throwIfAborted()
    if (this.#waiting.size >= MOST_WAITING || this.#bytes >= MOST_BYTES)
      throw new UnavailableError(
        'rabbitmq',
        `${this.#open.size} messages (${this.#bytes} bytes) wait to be published already: ${this.#why()}.`,
      )
    const deadline = performance.now() + (this.#options.deadlineMs ?? DEADLINE_MS)
    const pending = new Pending(outgoing, deadline, this.#forget, signal)
    this.#open.add(pending)
    this.#bytes += outgoing.content.length
    this.#waiting.add(pending)
    this.#watch(pending)
    this.pump()
    return pending.done
  }

  /** Send what may be sent now. */
  pump(): void {
    const session = this.#channel.held
    if (session === undefined) return
    for (const pending of this.#waiting) {
      const full = this.#unconfirmed.size >= this.#options.window
      if (full || session.lost.aborted || session.connected.blocked !== undefined) return
      this.#waiting.delete(pending)
      this.#send(session, pending)
    }
  }

  /** Take no more, and wait `ms` for what is under way; then its senders get an UnavailableError. */
  async close(ms: number): Promise<void> {
    this.#closed = true
    const idle = new Promise<void>((resolve) => {
      this.#idle = resolve
      if (this.#open.size === 0) resolve()
    })
    const closed = (): Error =>
      new UnavailableError('rabbitmq', `The bus was closed before RabbitMQ confirmed: ${this.#why()}.`)
    await within(idle, ms, closed).catch(() => this.#open.forEach((pending) => pending.settle(closed())))
    await this.#channel.stop()
  }

  #send(session: Session<ConfirmChannel>, pending: Pending): void {
    const { exchange, routingKey, content, properties, mandatory = true } = pending.outgoing
    const options = { ...properties, mandatory, persistent: true }
    pending.returned = false
    pending.sentOn = session
    this.#unconfirmed.add(pending)
    this.#countersOf(properties.type).published.inc()
    try {
      session.channel.publish(exchange, routingKey, content, options, (error: unknown) =>
        this.#confirmed(session, pending, error),
      )
    } catch (error) {
      this.#unconfirmed.delete(pending)
      // amqplib throws this on a channel that has just closed; anything else is a message that cannot be encoded.
      if (error instanceof Error && error.name === 'IllegalOperationError') this.#lost.push(pending)
      else pending.settle(asError(error))
    }
  }

  #confirmed(session: object, pending: Pending, error: unknown): void {
    if (pending.sentOn !== session) return
    this.#unconfirmed.delete(pending)
    const { metrics } = this.#options
    const { exchange, routingKey, properties } = pending.outgoing
    if (error === null) {
      this.#countersOf(properties.type).confirmed.inc()
      pending.settle(pending.returned ? new UnroutableError(exchange, routingKey) : undefined)
    } else if (messageOf(error) === NACKED) {
      metrics.nacked.inc({ type: properties.type })
      this.#sendLater(pending)
    } else this.#lost.push(pending)
    this.pump()
  }

  /** A queue that is full or without a leader refuses; that passes, so it is tried until the deadline. */
  #sendLater(pending: Pending): void {
    pending.nacks += 1
    const again = (): void => {
      if (pending.settled) return
      this.#waiting.add(pending)
      this.pump()
    }
    setTimeout(again, backoffMs(pending.nacks, 100, 5_000)).unref()
  }

  /** The return comes before the confirm. Equal messages under way at once share their fate: both are repeated. */
  #returned({ fields, properties }: Message): void {
    const same = ({ outgoing }: Pending): boolean =>
      outgoing.properties.messageId === properties.messageId &&
      outgoing.exchange === fields.exchange &&
      outgoing.routingKey === fields.routingKey
    for (const pending of this.#unconfirmed) if (same(pending)) pending.returned = true
    this.#options.metrics.returned.inc({ type: String(properties.type) })
    if (fields.exchange === '') return
    this.#options.metrics.unroutable.inc({ type: String(properties.type) })
    this.#options.onHole(String(properties.type))
  }

  /** Queue again, ahead of the rest, what a lost channel leaves open. */
  #recover(): void {
    const open = [...this.#lost, ...this.#unconfirmed].filter((pending) => !pending.settled)
    this.#lost = []
    this.#unconfirmed.clear()
    this.#waiting = new Set([...open, ...this.#waiting])
  }

  /** One timer for all: they become late in the order in which they came. */
  #watch({ deadline }: Pending): void {
    if (this.#watching) return
    this.#watching = true
    setTimeout(() => {
      this.#watching = false
      const now = performance.now()
      for (const pending of this.#open) {
        if (pending.deadline > now) return this.#watch(pending)
        pending.settle(this.#late(pending))
      }
    }, deadline - performance.now()).unref()
  }

  readonly #forget = (pending: Pending): void => {
    this.#open.delete(pending)
    this.#bytes -= pending.outgoing.content.length
    this.#waiting.delete(pending)
    if (this.#open.size === 0) this.#idle?.()
  }

  #why(): string {
    const { link } = this.#options
    const blocked = link.held?.blocked
    if (blocked !== undefined) return `RabbitMQ blocks publishers (${blocked})`
    return link.trouble ?? this.#channel.trouble ?? 'RabbitMQ is slow to confirm'
  }

  #late({ outgoing: { properties }, nacks }: Pending): UnavailableError {
    const { deadlineMs = DEADLINE_MS } = this.#options
    const refused = nacks > 0 ? `; the queue refused it ${nacks} times` : ''
    const name = `Message ${properties.messageId} (${properties.type})`
    return new UnavailableError(
      'rabbitmq',
      `${name} was not confirmed within ${deadlineMs} ms: ${this.#why()}${refused}.`,
    )
  }
}
