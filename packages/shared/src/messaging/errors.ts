/**
 * Nobody is there to receive: the broker returned a mandatory message. It is in no queue. For an answer the asker is
 * gone; for a command or a fact the topology is incomplete, which is repaired in the background, so a repeat may work.
 */
export class UnroutableError extends Error {
  override readonly name = 'UnroutableError'
  readonly exchange: string
  readonly routingKey: string
  constructor(exchange: string, routingKey: string) {
    super(
      `No queue receives messages sent to ${exchange === '' ? 'the queue' : `exchange "${exchange}" with key`} "${routingKey}".`,
    )
    this.exchange = exchange
    this.routingKey = routingKey
  }
}
