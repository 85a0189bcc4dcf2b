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

interface PendingOptions {
  readonly deadlineMs: number
  /** What its sender gets at the deadline. */
  readonly late: (pending: Pending) => Error
  readonly signal: AbortSignal | undefined
  /** Called once, whichever way it ends. */
  readonly onSettled: (pending: Pending) => void
}

/** A publish from the call to its end. It ends once: confirmed, refused, given up by its sender, or late. */
export class Pending {
  readonly outgoing: Outgoing
  /** Settles with the publish. */
  readonly done: Promise<void>
  settled = false
  /** The broker returned it: no queue takes it. */
  returned = false
  nacks = 0
  /** What it was last sent on: what an earlier channel still says of it is void. */
  sentOn: object | undefined
  readonly #settle: (error: Error | undefined) => void

  constructor(outgoing: Outgoing, { deadlineMs, late, signal, onSettled }: PendingOptions) {
    this.outgoing = outgoing
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.done = promise
    const giveUp = (): void => this.settle(asError(signal?.reason))
    const timer = setTimeout(() => this.settle(late(this)), deadlineMs)
    signal?.addEventListener('abort', giveUp, { once: true })
    this.#settle = (error) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', giveUp)
      if (error === undefined) resolve()
      else reject(error)
      onSettled(this)
    }
  }

  settle(error?: Error): void {
    if (this.settled) return
    this.settled = true
    this.#settle(error)
  }
}
