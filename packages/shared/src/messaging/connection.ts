import type { Duplex } from 'node:stream'
import { type ChannelModel, connect } from 'amqplib'
import { UnavailableError, messageOf } from '../errors/index.ts'
import { within } from '../runtime/deadline.ts'
import type { Held } from './keeper.ts'

/** A connection in use. */
export interface Connected extends Held {
  readonly model: ChannelModel
  /** Why RabbitMQ blocks publishers on it (an alarm), if it does. */
  readonly blocked: string | undefined
  /** Cut it: whatever hangs on it is lost and built anew. */
  readonly drop: (error: Error) => void
}

export interface DialOptions {
  readonly url: string
  readonly service: string
  /** Publishing and consuming have a connection each, since an alarm blocks whole connections. */
  readonly role: 'publish' | 'consume'
  readonly onBlocked?: (reason: string | undefined) => void
}

const CONNECT_MS = 10_000
const CLOSE_MS = 5_000
/** No answer to one request on a channel within this means that the connection is wedged. */
export const RPC_MS = 20_000
/** Two missed ones end a connection, so a silent peer is noticed within 20 s. */
const HEARTBEAT_SECONDS = 10

/** Host, port and vhost of an AMQP URL, without the credentials. */
export const placeOf = (amqpUrl: string): string => {
  const { hostname, port, protocol, pathname } = new URL(amqpUrl)
  return `${hostname}:${port || (protocol === 'amqps:' ? '5671' : '5672')}${pathname === '/' ? '' : pathname}`
}

/** Wait for one request on a connection, and cut the connection when the answer does not come. */
export const rpc = <T>(connected: Pick<Connected, 'lost' | 'drop'>, what: string, work: Promise<T>): Promise<T> =>
  within(
    work,
    RPC_MS,
    () => {
      const error = new UnavailableError('rabbitmq', `RabbitMQ did not answer within ${RPC_MS} ms: ${what}`)
      connected.drop(error)
      return error
    },
    connected.lost,
  )

/**
 * Connect once.
 * @throws UnavailableError with what the broker or the network said, or the signal's reason
 */
export const dial = async (options: DialOptions, signal: AbortSignal): Promise<Connected> => {
  const url = new URL(options.url)
  if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS))
  const clientProperties = { connection_name: `${options.service} ${options.role}` }
  // The listeners are attached in the same tick in which the connection exists: an error without one ends the process.
  const dialled = connect(url.href, { timeout: CONNECT_MS, noDelay: true, keepAlive: true, clientProperties }).then(
    (model) => watch(model, options),
  )
  try {
    return await within(dialled, CONNECT_MS + 1_000, () => new Error(`no answer within ${CONNECT_MS} ms`), signal)
  } catch (error) {
    void dialled.then(closeConnection, () => {})
    throw new UnavailableError('rabbitmq', hint(messageOf(error)), { cause: error })
  }
}

const hint = (message: string): string => {
  if (message.includes('ACCESS-REFUSED') || message.includes('ACCESS_REFUSED'))
    return `${message}; are user and password in AMQP_URL right?`
  if (message.includes('NOT-ALLOWED') || message.includes('NOT_ALLOWED'))
    return `${message}; does the vhost in AMQP_URL exist, and may the user enter it?`
  return message
}

const watch = (model: ChannelModel, options: DialOptions): Connected => {
  const over = new AbortController()
  let blocked: string | undefined
  const lose = (error: Error | undefined): void => over.abort(error ?? new Error('the connection was closed'))
  const block = (reason: string | undefined): void => {
    blocked = reason
    options.onBlocked?.(reason)
  }
  model.on('error', lose)
  model.on('close', lose)
  model.on('blocked', block)
  model.on('unblocked', () => block(undefined))
  return {
    model,
    lost: over.signal,
    get blocked() {
      return blocked
    },
    drop: (error) => {
      lose(error)
      socketOf(model).destroy(error)
    },
  }
}

// With an error, since amqplib tidies up (heartbeat timer included) on 'error' and 'end' only.
const CUT = new Error('cut')

/** amqplib shows no way to cut a connection whose peer is silent; its stream is the only handle. */
const socketOf = (model: ChannelModel): Duplex => (model.connection as unknown as { readonly stream: Duplex }).stream

/** Close it, politely for CLOSE_MS and then by cutting. Does not throw. */
export const closeConnection = async ({ model, lost }: Connected): Promise<void> => {
  const wasLost = lost.aborted
  try {
    if (!wasLost) await within(model.close(), CLOSE_MS, () => new Error('no close-ok'))
  } catch {
    // Closed already, or silent: cut below.
  }
  socketOf(model).destroy(CUT)
}
