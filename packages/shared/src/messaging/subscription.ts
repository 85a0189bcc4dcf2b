import type { ConsumeMessage } from 'amqplib'
import type { Logger } from 'pino'
import { pause } from '../runtime/deadline.ts'
import { type Session, keepChannel } from './channels.ts'
import { type Connected, rpc } from './connection.ts'
import { InHand } from './in-hand.ts'
import type { Keeper } from './keeper.ts'
import type { Link } from './link.ts'
import type { BusMetrics } from './metrics.ts'
import { asError } from './unexpected.ts'

/** One message in hand, with the only ways to give it back. All of them do nothing once the channel is lost. */
export interface Taken {
  readonly message: ConsumeMessage
  /** Aborted when the channel is lost: the broker has taken the message back. */
  readonly lost: AbortSignal
  readonly receivedAt: number
  ack(): void
  /** Back to the queue untouched. For shutdown only, never for a failure. */
  handBack(): void
}

export interface SubscriptionOptions {
  readonly queue: string
  readonly link: Link
  readonly log: Logger
  readonly metrics: BusMetrics
  readonly prefetch: number
  /** Runs before consuming on a channel that replaces another one of the same connection: its queue may be gone. */
  readonly redeclare: (connected: Connected) => Promise<void>
  readonly receive: (taken: Taken) => void
}

/**
 * A queue that was deleted is not declared again sooner. RabbitMQ 3.10 tells each consumer of a deletion when it gets to
 * it; finding the name in use again it re-subscribes silently instead, and that consumer may never see a message
 * (measured: with 0 to 20 ms between deletion and declaration).
 */
export const MOURNING_MS = 1_000

interface Life extends Session {
  tag?: string | undefined
  readonly inHand: InHand
}

/** Consumes one queue with manual acks, through every loss of channel, connection and queue. */
export class Subscription {
  readonly #options: SubscriptionOptions
  readonly #channel: Keeper<Session>
  readonly #lives = new WeakMap<Session, Life>()
  #lastConnection: Connected | undefined
  #wanted = true
  #aligning: Promise<void> = Promise.resolve()

  constructor(options: SubscriptionOptions) {
    this.#options = options
    this.#channel = keepChannel({
      name: `The consumer of ${options.queue}`,
      link: options.link,
      log: options.log,
      setup: (session) => this.#setup(session),
      // Whether to consume may have changed while the channel was being set up.
      onUp: (session) => {
        const life = this.#life(session)
        if (life !== undefined) this.#align(life).catch((error: unknown) => life.fail(asError(error)))
      },
      onDown: () => options.metrics.inFlight.set({ queue: options.queue }, 0),
    })
  }

  get trouble(): string | undefined {
    return this.#channel.trouble
  }

  get paused(): boolean {
    return !this.#wanted
  }

  /** Waits for the first time that it consumes. */
  async ready(signal: AbortSignal): Promise<void> {
    await this.#channel.available(signal)
  }

  /** Consume or not. Resolves when the broker knows; with the broker away, at once. */
  async want(wanted: boolean): Promise<void> {
    this.#wanted = wanted
    const life = this.#life(this.#channel.held)
    if (life !== undefined) await this.#align(life)
  }

  /** Close the channel: what is still in hand goes back to the queue. */
  async close(): Promise<void> {
    this.#life(this.#channel.held)?.inHand.flush()
    await this.#channel.stop()
  }

  async #setup(session: Session): Promise<void> {
    const { prefetch, redeclare } = this.#options
    if (this.#lastConnection === session.connected) {
      await pause(MOURNING_MS, session.lost)
      await redeclare(session.connected)
    }
    this.#lastConnection = session.connected
    const life: Life = Object.assign(session, { inHand: this.#inHand(session) })
    this.#lives.set(session, life)
    await rpc(session.connected, 'setting the prefetch', session.channel.prefetch(prefetch))
    await this.#align(life)
  }

  #life(session: Session | undefined): Life | undefined {
    return session === undefined ? undefined : this.#lives.get(session)
  }

  /** Make the broker's view match what is wanted, one change at a time. */
  #align(life: Life): Promise<void> {
    const next = this.#aligning.catch(() => {}).then(() => this.#change(life))
    this.#aligning = next
    return next
  }

  async #change(life: Life): Promise<void> {
    if (life.lost.aborted || this.#wanted === (life.tag !== undefined)) return
    const { channel, connected } = life
    if (this.#wanted) {
      const { consumerTag } = await rpc(
        connected,
        'consuming',
        channel.consume(this.#options.queue, (message) => this.#deliver(life, message)),
      )
      life.tag = consumerTag
    } else if (life.tag !== undefined) {
      await rpc(connected, 'cancelling a consumer', channel.cancel(life.tag))
      life.tag = undefined
    }
  }

  #inHand({ channel, lost }: Session): InHand {
    const { metrics, queue } = this.#options
    const ack = (deliveryTag: number, allUpTo: boolean): void => {
      // All that amqplib reads of a message to ack it is its tag.
      if (!lost.aborted) onOpenChannel(() => channel.ack({ fields: { deliveryTag } } as ConsumeMessage, allUpTo))
    }
    return new InHand(ack, (count) => {
      if (!lost.aborted) metrics.inFlight.set({ queue }, count)
    })
  }

  #deliver(life: Life, message: ConsumeMessage | null): void {
    if (message === null) return life.fail(new Error(`queue ${this.#options.queue} was deleted or moved`))
    const tag = message.fields.deliveryTag
    const { inHand, lost, channel } = life
    inHand.take(tag)
    this.#options.receive({
      message,
      lost,
      receivedAt: Date.now(),
      ack: () => inHand.ack(tag),
      handBack: () => {
        if (!lost.aborted && inHand.release(tag)) onOpenChannel(() => channel.nack(message, false, true))
      },
    })
  }
}

/** amqplib throws on a channel that is closing, a moment before it says so; the broker redelivers what this would have settled. */
const onOpenChannel = (send: () => void): void => {
  try {
    send()
  } catch (error) {
    if (!(error instanceof Error && error.name === 'IllegalOperationError')) throw error
  }
}
