/** Facts that the peers move: what they publish to, and the queue that the facts come to. */
export interface Route {
  readonly url: string
  readonly exchange: string
  readonly routingKey: string
  readonly queue: string
  /** Unconfirmed messages at once, and unacked ones at once. */
  readonly window: number
  readonly prefetch: number
}

/** A way to RabbitMQ. Every publish is persistent, mandatory and confirmed; every message is parsed and acked by itself. */
export interface Peer extends AsyncDisposable {
  readonly name: string
  /** Resolves when RabbitMQ has confirmed it. */
  publish(): Promise<void>
  /** Call back for each message, after it was acked. Disposing stops. */
  consume(onAcked: () => void): Promise<AsyncDisposable>
}
