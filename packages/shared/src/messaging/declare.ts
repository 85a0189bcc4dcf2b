import type { Channel } from 'amqplib'
import { messageOf } from '../errors/index.ts'
import { type Connected, rpc } from './connection.ts'
import type { Topology } from './topology.ts'

/**
 * Declare everything durable. Idempotent, and run after every reconnect: a broker that came back empty is whole again.
 * @throws the broker's error when something exists with other settings (406), naming it
 */
export const declareTopology = async (connected: Connected, topology: Topology): Promise<void> => {
  const channel = await rpc(connected, 'opening a channel', connected.model.createChannel())
  channel.on('error', () => {})
  await rpc(connected, 'declaring the queues', declareOn(channel, topology)).catch(explain)
  await rpc(connected, 'closing a channel', channel.close())
}

const declareOn = async (channel: Channel, { exchanges, queues, bindings }: Topology): Promise<void> => {
  // Requests queue up on the channel and are answered in order, so they need not be awaited one by one.
  await Promise.all([
    ...exchanges.map(({ name, type }) => channel.assertExchange(name, type, { durable: true })),
    ...queues.map(({ name }) => channel.assertQueue(name, { durable: true, arguments: { 'x-queue-type': 'quorum' } })),
    ...bindings.map(({ queue, exchange, key }) => channel.bindQueue(queue, exchange, key)),
  ])
}

const explain = (error: unknown): never => {
  if (!messageOf(error).includes('PRECONDITION')) throw error
  throw new Error(
    `${messageOf(error)}; it was declared with other settings: drain and delete it, then it is made anew`,
    {
      cause: error,
    },
  )
}
