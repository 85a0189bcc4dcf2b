import { ControlEnvelope, type ControlMessage } from '@surepost/shared/contracts'
import { PermanentError, UnavailableError, messageOf } from '@surepost/shared/errors'
import { idsOf, received } from '@surepost/shared/telemetry'
import type { Logger } from 'pino'
import type { RawData, WebSocket } from 'ws'
import type { LiveLease } from '../leases/lease.ts'
import type { Holding } from '../leases/holding.ts'
import { type HolderPorts, serve } from './requests.ts'

export interface ControlPorts extends HolderPorts {
  readonly holding: Pick<Holding, 'end'>
  readonly log: Logger
}

/** Two missed pings end the lease: a frozen holder is gone in less than 6 s. */
export const PING_MS = 2_000
const MOST_MISSED = 2
/** Requests of one holder that may wait for their answers. */
const MOST_WAITING = 32
const CLOSE_NORMAL = 1_000

/** Speak with the holder of a lease over its control socket until either ends. The socket's end is the lease's end. */
export const speak = (ports: ControlPorts, lease: LiveLease, socket: WebSocket): void => {
  const say = (message: ControlMessage): void => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message))
  }
  const stopPinging = ping(socket, () => void ports.holding.end(lease, 'client_lost'))
  let waiting = 0
  let last = Promise.resolve()
  socket.on('message', (data) => {
    const request = requestOf(data)
    if (request === undefined || waiting >= MOST_WAITING) return void ports.holding.end(lease, 'protocol')
    waiting += 1
    // One at a time: a release comes after what was asked before it.
    const before = last
    last = (async () => {
      await before
      await answer(ports, lease, request, say)
      waiting -= 1
    })()
  })
  socket.on('error', () => socket.terminate())
  socket.once('close', () => {
    stopPinging()
    void ports.holding.end(lease, 'client_lost')
  })
  const yieldNow = (): void => say({ kind: 'yield' })
  lease.yielding.signal.addEventListener('abort', yieldNow, { once: true })
  const over = (): void => {
    stopPinging()
    say({ kind: 'ended', reason: messageOf(lease.ending.signal.reason) })
    socket.close(CLOSE_NORMAL)
    void lease.closed.promise.finally(() => socket.terminate())
  }
  if (lease.ending.signal.aborted) over()
  else lease.ending.signal.addEventListener('abort', over, { once: true })
}

const requestOf = (data: RawData): ControlEnvelope | undefined => {
  try {
    const text = Array.isArray(data) ? Buffer.concat(data).toString() : Buffer.from(data as Buffer).toString()
    return ControlEnvelope.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

const answer = async (
  ports: ControlPorts,
  lease: LiveLease,
  { traceparent, request }: ControlEnvelope,
  say: (message: ControlMessage) => void,
): Promise<void> => {
  const { n, op } = request
  if (lease.state !== 'active') return say({ kind: 'error', n, code: 'lease_over', message: 'The lease is over.' })
  try {
    const about = 'action' in request ? request.action : 'deletion' in request ? request.deletion : undefined
    const ids = { account: lease.account, leaseId: lease.leaseId, ...idsOf(about) }
    const span = { name: op, kind: 'server', parent: traceparent, ids } as const
    say({ kind: 'answer', n, value: await received(span, () => serve(ports, lease, request)) })
  } catch (error) {
    ports.log.warn({ leaseId: lease.leaseId, op, err: messageOf(error) }, 'a request of a holder was refused')
    say({ kind: 'error', n, code: codeOf(error), message: messageOf(error) })
  }
  if (op === 'release') void ports.holding.end(lease, 'released')
}

const codeOf = (error: unknown): string => {
  if (error instanceof PermanentError) return error.code
  return error instanceof UnavailableError ? 'unavailable' : 'internal'
}

const ping = (socket: WebSocket, onLost: () => void): (() => void) => {
  let missed = 0
  socket.on('pong', () => (missed = 0))
  const timer = setInterval(() => {
    if (missed >= MOST_MISSED) return onLost()
    missed += 1
    socket.ping()
  }, PING_MS)
  return () => clearInterval(timer)
}
