import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import rascal from 'rascal'
import type { Peer, Route } from './peer.ts'

/** rascal, with channels enough for the window: it lends each of them to one publish at a time. */
export const rascalPeer = async (route: Route, body: () => object): Promise<Peer> => {
  const url = new URL(route.url)
  const vhost = decodeURIComponent(url.pathname.slice(1))
  const broker = await rascal.BrokerAsPromised.create({
    vhosts: {
      [vhost]: {
        connection: { url: route.url },
        publicationChannelPools: { confirmPool: { max: 100, min: 10, rejectionDelayMillis: 60_000 } },
        exchanges: { [route.exchange]: { assert: false, check: false } },
        queues: { [route.queue]: { assert: false, check: false } },
        publications: {
          out: { exchange: route.exchange, routingKey: route.routingKey, confirm: true, timeout: 60_000 },
        },
        subscriptions: { in: { queue: route.queue, prefetch: route.prefetch, channelPrefetch: 0 } },
      },
    },
  })
  broker.on('error', () => {})
  return {
    name: 'rascal',
    publish: async () => {
      const options = { persistent: true, mandatory: true, messageId: randomUUID(), type: 'job.ran' }
      await once(await broker.publish('out', body(), { options }), 'success')
    },
    consume: async (onAcked) => {
      const session = await broker.subscribe('in')
      session.on('message', (_message: unknown, _content: unknown, ackOrNack: () => void) => {
        ackOrNack()
        onAcked()
      })
      session.on('error', () => {})
      return { [Symbol.asyncDispose]: () => session.cancel() }
    },
    [Symbol.asyncDispose]: () => broker.shutdown(),
  }
}
