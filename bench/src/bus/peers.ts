import { randomUUID } from 'node:crypto'
import { connect } from 'amqplib'
import { connect as connectManaged } from 'amqp-connection-manager'
import { Connection } from 'rabbitmq-client'
import type { Peer, Route } from './peer.ts'

const TYPE = 'job.ran'
/** The name of amqplib with messages like ours. */
export const SAME_MESSAGE = 'amqplib, the same message'
const propertiesOf = () => ({
  persistent: true,
  mandatory: true,
  messageId: randomUUID(),
  type: TYPE,
  contentType: 'application/json',
  headers: { version: 1 },
})
/** What a message of ours says of itself besides: who sent it, when, and to which work and trace it belongs. */
const ourPropertiesOf = () => {
  const { headers, ...properties } = propertiesOf()
  const { messageId } = properties
  const traceparent = `00-${messageId.replaceAll('-', '')}-${messageId.slice(-12)}0000-01`
  const timestamp = Math.floor(Date.now() / 1_000)
  return { ...properties, appId: 'bench', correlationId: messageId, timestamp, headers: { ...headers, traceparent } }
}
const parse = (content: Buffer): unknown => JSON.parse(content.toString('utf8'))

/**
 * amqplib as its documentation uses it, with a window of the sender's.
 * @param envelope its messages carry what ours do: what that costs by itself, without any code of ours
 */
export const amqplibPeer = async (
  route: Route,
  body: () => object,
  envelope: 'bare' | 'ours' = 'bare',
): Promise<Peer> => {
  const properties = envelope === 'ours' ? ourPropertiesOf : propertiesOf
  const model = await connect(route.url, { noDelay: true })
  const channel = await model.createConfirmChannel()
  return {
    name: envelope === 'ours' ? SAME_MESSAGE : 'amqplib',
    publish: () =>
      new Promise((resolve, reject) => {
        const content = Buffer.from(JSON.stringify(body()))
        channel.publish(route.exchange, route.routingKey, content, properties(), (error: unknown) =>
          error === null ? resolve() : reject(error),
        )
      }),
    consume: async (onAcked) => {
      const consuming = await model.createChannel()
      await consuming.prefetch(route.prefetch)
      await consuming.consume(route.queue, (message) => {
        if (message === null) return
        parse(message.content)
        consuming.ack(message)
        onAcked()
      })
      return { [Symbol.asyncDispose]: () => consuming.close() }
    },
    [Symbol.asyncDispose]: () => model.close(),
  }
}

export const connectionManagerPeer = async (route: Route, body: () => object): Promise<Peer> => {
  const connection = connectManaged([route.url])
  const channel = connection.createChannel({ confirm: true })
  await channel.waitForConnect()
  return {
    name: 'amqp-connection-manager',
    publish: async () => {
      const content = Buffer.from(JSON.stringify(body()))
      await channel.publish(route.exchange, route.routingKey, content, propertiesOf())
    },
    consume: async (onAcked) => {
      const consuming = connection.createChannel()
      await consuming.waitForConnect()
      await consuming.consume(
        route.queue,
        (message) => {
          parse(message.content)
          consuming.ack(message)
          onAcked()
        },
        { prefetch: route.prefetch },
      )
      return { [Symbol.asyncDispose]: () => consuming.close() }
    },
    [Symbol.asyncDispose]: () => connection.close(),
  }
}

export const rabbitmqClientPeer = async (route: Route, body: () => object): Promise<Peer> => {
  const connection = new Connection(route.url)
  const publisher = connection.createPublisher({ confirm: true })
  await connection.onConnect(10_000)
  return {
    name: 'rabbitmq-client',
    publish: async () => {
      const { persistent, ...rest } = propertiesOf()
      await publisher.send(
        { exchange: route.exchange, routingKey: route.routingKey, durable: persistent, ...rest },
        body(),
      )
    },
    consume: async (onAcked) => {
      const consumer = connection.createConsumer(
        { queue: route.queue, qos: { prefetchCount: route.prefetch }, queueOptions: { passive: true } },
        async () => onAcked(),
      )
      return { [Symbol.asyncDispose]: () => consumer.close() }
    },
    [Symbol.asyncDispose]: async () => {
      await publisher.close()
      await connection.close()
    },
  }
}
