import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Desk } from '../leases/desk.ts'
import type { SocketKind } from '../leases/grant.ts'
import { type LiveLease, move } from '../leases/lease.ts'
import { type ControlPorts, speak } from './control.ts'
import { tunnel } from './driver.ts'

/** Sessions with large local storage are the largest messages. */
const MOST_BYTES = 4 * 1024 * 1024

const PATH = /^\/leases\/([0-9a-f-]{36})\/(control|driver)$/
const BEARER = /^Bearer (\S{20,200})$/

const refuse = (socket: Duplex, status: string): void => {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

interface Claim {
  readonly lease: LiveLease
  readonly kind: SocketKind
}

/** Who may open which socket: the lease is offered or active, the token is right, and this socket was not opened before. */
const claimOf = (request: IncomingMessage, desk: Desk): Claim | undefined => {
  const [, leaseId, kind] = PATH.exec(request.url ?? '') ?? []
  const [, token] = BEARER.exec(request.headers.authorization ?? '') ?? []
  const lease = leaseId === undefined ? undefined : desk.holding.find(leaseId)
  if (lease === undefined || token === undefined || (kind !== 'control' && kind !== 'driver')) return undefined
  const expected = kind === 'control' ? 'offered' : 'active'
  return lease.state === expected && lease.ticket.use(kind, token) ? { lease, kind } : undefined
}

/** Answer the two WebSocket handshakes of a lease; anything else, and any wrong token, gets 401 and nothing more. */
export const upgradesOf = (desk: Desk, holderPorts: Omit<ControlPorts, 'holding'>) => {
  const ports: ControlPorts = { ...holderPorts, holding: desk.holding }
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MOST_BYTES, perMessageDeflate: false })
  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy())
    const claim = claimOf(request, desk)
    if (claim === undefined) return refuse(socket, '401 Unauthorized')
    const { lease, kind } = claim
    if (kind === 'control') {
      // Called in this turn, or never where the socket has just closed: then the offer ends unclaimed.
      return sockets.handleUpgrade(request, socket, head, (webSocket) => {
        move(lease, 'claimed')
        ports.log.info({ leaseId: lease.leaseId, account: lease.account }, 'lease claimed')
        speak(ports, lease, webSocket)
      })
    }
    void drive(request, socket, head, lease, ports)
  }
}

const drive = async (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  lease: LiveLease,
  ports: ControlPorts,
): Promise<void> => {
  const browser = await lease.browser
  if (browser === undefined) return refuse(socket, '503 Service Unavailable')
  const ends = { holder: socket, head, target: browser.endpoint }
  lease.driver = tunnel(request, ends, lease.ending.signal, (first) => {
    void ports.holding.end(lease, first === 'holder' ? 'client_lost' : 'browser_crash')
  })
}
