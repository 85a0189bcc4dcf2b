import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Link } from '../faults/types.ts'

/** A TCP proxy on loopback that can be cut and slowed. */
export interface Proxy extends Link, AsyncDisposable {
  readonly port: number
}

/** No more than this waits in one slowed direction; then its sender is told to wait, as by a full network. */
const MOST_WAITING_BYTES = 1_000_000

/** What a proxy does at the moment. */
interface Weather {
  refusing: boolean
  slowerMs: number
  heldUp: number
}

interface Held {
  /** Passed on no earlier than this, in milliseconds since 1970. */
  readonly at: number
  /** Null is the end of the stream. */
  readonly piece: Buffer | null
}

/** Pass on what comes, in its order, each piece no earlier than it may be. */
const carry = (from: Socket, to: Socket, weather: Weather): void => {
  const waiting: Held[] = []
  let bytes = 0
  let timer: NodeJS.Timeout | undefined
  const pass = (piece: Buffer | null): void => {
    if (to.destroyed) return
    if (piece === null) to.end()
    else if (!to.write(piece)) from.pause()
  }
  const drain = (): void => {
    timer = undefined
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const early = next.at - Date.now()
      if (early > 0) {
        timer = setTimeout(drain, early)
        return
      }
      waiting.shift()
      bytes -= next.piece?.length ?? 0
      pass(next.piece)
    }
    if (!to.writableNeedDrain) from.resume()
  }
  const take = (piece: Buffer | null): void => {
    if (weather.slowerMs > 0) weather.heldUp += 1
    waiting.push({ at: Date.now() + weather.slowerMs, piece })
    bytes += piece?.length ?? 0
    if (bytes > MOST_WAITING_BYTES) from.pause()
    if (timer === undefined) drain()
  }
  from.on('data', take)
  from.once('end', () => take(null))
  to.on('drain', () => from.resume())
  // Nothing is passed on to a socket that is gone.
  to.once('close', () => clearTimeout(timer))
}

const accepting =
  (target: { readonly host: string; readonly port: number }, sockets: Set<Socket>, weather: Weather) =>
  (client: Socket): void => {
    if (weather.refusing) {
      client.resetAndDestroy()
      return
    }
    const upstream = connect({ ...target, noDelay: true, allowHalfOpen: true })
    client.setNoDelay(true)
    const join = (one: Socket, other: Socket): void => {
      sockets.add(one)
      one.on('error', () => other.destroy())
      one.once('close', () => sockets.delete(one))
      carry(one, other, weather)
    }
    join(client, upstream)
    join(upstream, client)
  }

/** Listen on a free port and carry every connection to `target`. */
export const openProxy = async (target: { readonly host: string; readonly port: number }): Promise<Proxy> => {
  const sockets = new Set<Socket>()
  const weather: Weather = { refusing: false, slowerMs: 0, heldUp: 0 }
  const server = createServer({ allowHalfOpen: true }, accepting(target, sockets, weather))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  /** Both ends of each. */
  const cut = (): number => {
    const ends = sockets.size
    for (const socket of sockets) socket.resetAndDestroy()
    return Math.ceil(ends / 2)
  }
  return {
    port: portOf(server),
    get connections() {
      return Math.ceil(sockets.size / 2)
    },
    cut: () => {
      weather.refusing = true
      return cut()
    },
    slow: (slowerMs) => void Object.assign(weather, { slowerMs, heldUp: 0 }),
    restore: () => void Object.assign(weather, { refusing: false, slowerMs: 0 }),
    get heldUp() {
      return weather.heldUp
    },
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      cut()
      await closed
    },
  }
}

const portOf = (server: Server): number => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('The proxy has no port.')
  return address.port
}
