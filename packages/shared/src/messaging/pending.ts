import type { Options } from 'amqplib'
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

/** A publish from the call to its end. It ends once: confirmed, refused, given up by its sender, or late. */
export class Pending {
  readonly outgoing: Outgoing
  /** When it is late, by `performance.now()`. */
  readonly deadline: number
  /** Settles with the publish. */
  readonly done: Promise<void>
  settled = false
  /** The broker returned it: no queue takes it. */
  returned = false
  nacks = 0
  /** What it was last sent on: what an earlier channel still says of it is void. */
  sentOn: object | undefined
  readonly #resolve: () => void
  readonly #reject: (error: Error) => void
  readonly #onSettled: (pending: Pending) => void
  readonly #signal: AbortSignal | undefined
  readonly #giveUp: (() => void) | undefined

  /** @param onSettled called once, whichever way it ends */
  constructor(
    outgoing: Outgoing,
    deadline: number,
    onSettled: (pending: Pending) => void,
    signal: AbortSignal | undefined,
  ) {
    this.outgoing = outgoing
    this.deadline = deadline
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.done = promise
    this.#resolve = resolve
    this.#reject = reject
    this.#onSettled = onSettled
    this.#signal = signal
    if (signal === undefined) return
    this.#giveUp = () => this.settle(asError(signal.reason))
    signal.addEventListener('abort', this.#giveUp, { once: true })
  }

  settle(error?: Error): void {
    if (this.settled) return
    this.settled = true
    if (this.#giveUp !== undefined) this.#signal?.removeEventListener('abort', this.#giveUp)
    if (error === undefined) this.#resolve()
    else this.#reject(error)
    this.#onSettled(this)
  }
}
