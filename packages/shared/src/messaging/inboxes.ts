import type { Channel, ConsumeMessage } from 'amqplib'
import type { Logger } from 'pino'
import { newId } from '../contracts/index.ts'
import { type Session, keepChannel } from './channels.ts'
import { rpc } from './connection.ts'
import { jsonOf } from './envelope.ts'
import type { Keeper } from './keeper.ts'
import type { Link } from './link.ts'

export interface InboxOptions {
  readonly link: Link
  readonly log: Logger
  /** Begins the queue's name. */
  readonly prefix: string
  /** Most messages that may wait in it: the oldest go first. */
  readonly most: number
  readonly bind?: (channel: Channel, queue: string) => Promise<void>
  readonly receive: (message: ConsumeMessage) => void
}

export interface Inbox extends AsyncDisposable {
  readonly queue: string
  ready(signal: AbortSignal): Promise<void>
}

/**
 * A queue of this process's own. It is exclusive: it dies with the connection, and what was in it; after a reconnect
 * there is a new one of the same name. Acks are automatic, since nobody else could take its messages.
 */
export const openInbox = ({ link, log, prefix, most, bind, receive }: InboxOptions): Inbox => {
  const queue = `${prefix}.${newId()}`
  const setup = async (session: Session): Promise<void> => {
    const { channel, connected } = session
    // Classic: an exclusive queue cannot be a quorum queue, whatever the vhost's default is.
    const options = {
      exclusive: true,
      durable: false,
      autoDelete: true,
      arguments: { 'x-queue-type': 'classic', 'x-max-length': most },
    }
    await rpc(connected, 'declaring an inbox', channel.assertQueue(queue, options))
    if (bind !== undefined) await rpc(connected, 'binding an inbox', bind(channel, queue))
    const take = (message: ConsumeMessage | null): void =>
      message === null ? session.fail(new Error('the inbox was deleted')) : receive(message)
    await rpc(connected, 'consuming an inbox', channel.consume(queue, take, { noAck: true, exclusive: true }))
  }
  const keeper: Keeper<Session> = keepChannel({ name: `The inbox ${queue}`, link, log, setup })
  return {
    queue,
    ready: async (signal) => void (await keeper.available(signal)),
    [Symbol.asyncDispose]: () => keeper.stop(),
  }
}

/** A receiver of JSON bodies that drops, and says so, what is none. A receiver that throws must not end the channel. */
export const jsonReceiver =
  (log: Logger, receive: (body: unknown, message: ConsumeMessage) => void) =>
  (message: ConsumeMessage): void => {
    const json = jsonOf(message.content)
    if (json === undefined)
      return log.warn({ id: message.properties.messageId }, 'a message in an inbox is not JSON; it was dropped')
    try {
      receive(json.value, message)
    } catch (error) {
      log.error({ err: error, id: message.properties.messageId }, 'a receiver threw; the message was dropped')
    }
  }
