import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Faults, createFaults } from './faults/faults.ts'
import { createApp } from './http/app.ts'
import { folderJournal, memoryJournal } from './world/journal.ts'
import { type World, createWorld } from './world/world.ts'

export interface PlaygroundOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number
  readonly host?: string
  /** Folder of the journal; in memory only when left out. */
  readonly data?: string | undefined
  /** The site as its visitors' browsers know it, where that is not as its admin does: sessions are for that host. */
  readonly publicUrl?: string | undefined
  /** Opens the admin routes to whoever gives it as a bearer token; without it they answer this machine only. */
  readonly adminKey?: string | undefined
  /** The site's clock, for tests that need figures to stand still or to grow. */
  readonly now?: () => Date
  /** Decides faults with a probability; `Math.random` when left out. */
  readonly chance?: () => number
  /** How long the same text of one account counts as a duplicate, in milliseconds; an hour when left out. */
  readonly duplicateWindowMs?: number
}

/** A running site. Disposing of it stops it. */
export interface Playground extends AsyncDisposable {
  readonly url: string
  readonly world: World
  readonly faults: Faults
}

const listen = (server: Server, port: number, host: string): Promise<AddressInfo> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve(server.address() as AddressInfo)
    })
  })

/** Start a playground. @throws when the port is taken */
export const createPlayground = async (options: PlaygroundOptions = {}): Promise<Playground> => {
  const {
    port = 0,
    host = '127.0.0.1',
    data,
    publicUrl,
    adminKey,
    now = () => new Date(),
    chance = Math.random,
    duplicateWindowMs = 3_600_000,
  } = options
  const world = createWorld(data === undefined ? memoryJournal() : folderJournal(data), now)
  const faults = createFaults(chance)
  const server = createServer(createApp({ world, faults, uploads: new Map(), duplicateWindowMs, publicUrl, adminKey }))
  const address = await listen(server, port, host)
  return {
    url: `http://${host}:${address.port}`,
    world,
    faults,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}
