import type { Logger } from 'pino'
import { within } from '../runtime/deadline.ts'
import { type Connected, type DialOptions, RPC_MS, closeConnection, dial, placeOf } from './connection.ts'
import { declareTopology } from './declare.ts'
import { Keeper } from './keeper.ts'
import type { Topology } from './topology.ts'

export type Link = Keeper<Connected>

export interface LinkOptions extends DialOptions {
  readonly topology: Topology
  readonly log: Logger
  readonly onUp?: () => void
}

/** Keep one connection, with the whole topology declared on it before it is used. */
export const openLink = (options: LinkOptions): Link =>
  new Keeper<Connected>({
    name: `The ${options.role} connection to RabbitMQ at ${placeOf(options.url)}`,
    log: options.log,
    open: (signal) => openConnection(options, signal),
    release: closeConnection,
    ...(options.onUp === undefined ? {} : { onUp: options.onUp }),
  })

const openConnection = async (options: LinkOptions, signal: AbortSignal): Promise<Connected> => {
  const connected = await dial(options, signal)
  try {
    await within(
      declareTopology(connected, options.topology),
      3 * RPC_MS,
      () => new Error('declaring the queues took too long'),
      signal,
    )
    return connected
  } catch (error) {
    await closeConnection(connected)
    throw error
  }
}
