import type { Channel } from 'amqplib'
import { UnavailableError, messageOf } from '../errors/index.ts'
import { type Connected, placeOf, rpc } from './connection.ts'
import { deadQueue } from './topology.ts'
import type { Transport } from './transport.ts'
import type { DeadLetterCount } from './types.ts'

/** How long a call waits for a connection that is not there. */
const AVAILABLE_MS = 5_000

/** @throws UnavailableError when there is none in time */
const connectionOf = async ({ consuming, options }: Transport): Promise<Connected> => {
  try {
    return await consuming.available(AbortSignal.timeout(AVAILABLE_MS))
  } catch (cause) {
    const why = consuming.trouble ?? `RabbitMQ at ${placeOf(options.url)} does not answer.`
    throw new UnavailableError('rabbitmq', why, { cause })
  }
}

/** How many letters every queue of an installation has, zero included. */
export const countDeadLetters = (transport: Transport): Promise<readonly DeadLetterCount[]> => {
  const queues = transport.topology.queues.filter(({ role }) => role === 'work')
  return onChannel(transport, (channel) => Promise.all(queues.map(({ name }) => countOf(channel, name))))
}

/** How many messages wait in each of these queues. @throws UnavailableError */
export const countWaiting = (transport: Transport, queues: readonly string[]): Promise<readonly DeadLetterCount[]> =>
  onChannel(transport, (channel) =>
    Promise.all(queues.map(async (queue) => ({ queue, messages: (await channel.checkQueue(queue)).messageCount }))),
  )

/** How many consumers each of these queues has, in their order. @throws UnavailableError */
export const countTakers = (transport: Transport, queues: readonly string[]): Promise<readonly number[]> =>
  onChannel(transport, (channel) =>
    Promise.all(queues.map(async (queue) => (await channel.checkQueue(queue)).consumerCount)),
  )

/** Run a work on a channel of its own. @throws UnavailableError when RabbitMQ is away, or ends it */
export const onChannel = async <T>(
  transport: Transport,
  work: (channel: Channel, connected: Connected) => Promise<T>,
): Promise<T> => {
  const connected = await connectionOf(transport)
  let closed: unknown
  try {
    const channel = await rpc(connected, 'opening a channel', connected.model.createChannel())
    channel.on('error', (error: unknown) => (closed = error))
    try {
      return await work(channel, connected)
    } finally {
      await rpc(connected, 'closing a channel', channel.close()).catch(() => {})
    }
  } catch (cause) {
    if (closed === undefined && !connected.lost.aborted) throw cause
    throw new UnavailableError('rabbitmq', `RabbitMQ ended the call: ${messageOf(cause)}.`, { cause })
  }
}

/** How many letters one queue has. */
export const countOf = async (channel: Channel, queue: string): Promise<DeadLetterCount> => {
  const { messageCount } = await channel.checkQueue(deadQueue(queue))
  return { queue, messages: messageCount }
}
