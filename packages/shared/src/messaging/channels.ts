import type { Channel, ChannelModel, ConfirmChannel } from 'amqplib'
import type { Logger } from 'pino'
import { within } from '../runtime/deadline.ts'
import { type Connected, rpc } from './connection.ts'
import { type Held, Keeper } from './keeper.ts'
import type { Link } from './link.ts'

/** One channel in use. */
export interface Session<C extends Channel = Channel> extends Held {
  readonly channel: C
  /** The connection that it is on, for `rpc`. */
  readonly connected: Connected
  /** Give it up; it is built anew. */
  readonly fail: (error: Error) => void
}

export interface ChannelOptions<C extends Channel> {
  readonly name: string
  readonly link: Link
  readonly log: Logger
  /** Make it useful: prefetch, queues, consumers. Runs for every new channel. */
  readonly setup: (session: Session<C>) => Promise<void>
  readonly onUp?: (session: Session<C>) => void
  readonly onDown?: (session: Session<C>, reason: unknown) => void
}

const CLOSE_MS = 5_000

type Open<C extends Channel> = (model: ChannelModel) => Promise<C>

const keep = <C extends Channel>(
  open: Open<C>,
  { name, link, log, setup, onUp, onDown }: ChannelOptions<C>,
): Keeper<Session<C>> =>
  new Keeper<Session<C>>({
    name,
    log,
    open: async (signal) => {
      const session = await openSession(await link.available(signal), open)
      try {
        await setup(session)
        return session
      } catch (error) {
        await closeSession(session)
        throw error
      }
    },
    release: closeSession,
    ...(onUp === undefined ? {} : { onUp }),
    ...(onDown === undefined ? {} : { onDown }),
  })

/** Keep one channel on a link, through losses of the channel and of the connection. */
export const keepChannel = (options: ChannelOptions<Channel>): Keeper<Session> =>
  keep((model) => model.createChannel(), options)

/** The same for a channel with publisher confirms. */
export const keepConfirmChannel = (options: ChannelOptions<ConfirmChannel>): Keeper<Session<ConfirmChannel>> =>
  keep((model) => model.createConfirmChannel(), options)

const openSession = async <C extends Channel>(connected: Connected, open: Open<C>): Promise<Session<C>> => {
  const over = new AbortController()
  const lose = (error?: Error): void => over.abort(error ?? new Error('the channel was closed'))
  const channel = await rpc(
    connected,
    'opening a channel',
    open(connected.model).then((opened) => {
      opened.on('error', lose)
      opened.on('close', () => lose())
      return opened
    }),
  )
  return { channel, connected, lost: over.signal, fail: lose }
}

const closeSession = async <C extends Channel>({ channel, connected }: Session<C>): Promise<void> => {
  if (connected.lost.aborted) return
  try {
    const silent = new Error(`a channel was not closed within ${CLOSE_MS} ms`)
    const late = (): Error => (connected.drop(silent), silent)
    await within(channel.close(), CLOSE_MS, late, connected.lost)
  } catch {
    // Closed by the broker already, or the connection is going: nothing is left to close.
  }
}
