import { once } from 'node:events'
import { Agent, type IncomingMessage, type ServerResponse, createServer, request as send } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { counter } from '@surepost/shared/runtime'
import { CANARY_PAGE, CANARY_URL } from './canary-page.ts'
import type { SeeConnecting } from './connecting.ts'
import { type Origins, bare, tunnelTo } from './origins.ts'

const refused = counter(
  'surepost_browser_requests_refused_total',
  'Requests of browsers to what is no origin of the platform.',
)

/** One browser's only way out: an HTTP proxy on the loopback that knows the platform's origins and nothing else. */
export interface Egress extends Disposable {
  /** `http://127.0.0.1:port`, for Playwright's `proxy.server`. */
  readonly url: string
}

/** Headers that are between two neighbours (RFC 9110, 7.6.1), and the one that is written anew. */
const OURS = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'upgrade',
  'host',
])

const headersOf = ({ rawHeaders }: IncomingMessage): string[] => {
  const kept: string[] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = rawHeaders.slice(i, i + 2)
    if (!OURS.has(name.toLowerCase())) kept.push(name, value)
  }
  return kept
}

const end = (response: ServerResponse, status: number): void => {
  if (response.headersSent) response.destroy()
  else response.writeHead(status, { connection: 'close' }).end()
}

interface WayOut {
  readonly origins: Origins
  readonly see: SeeConnecting
  readonly agent: Agent
  readonly sockets: Set<Duplex>
}

/** Plain HTTP: the request line names the whole URL (RFC 9112, 3.2.2). */
const forward = ({ origins, agent, see }: WayOut, request: IncomingMessage, response: ServerResponse): void => {
  const target = URL.canParse(request.url ?? '') ? new URL(request.url ?? '') : undefined
  if (target?.href === CANARY_URL) return void response.setHeader('content-type', 'text/html').end(CANARY_PAGE)
  if (target === undefined || target.protocol !== 'http:' || !origins.has(target.origin)) {
    refused.inc()
    return end(response, 403)
  }
  const { hostname, port, pathname, search, host } = target
  const place = { host: bare(hostname), port: Number(port) || 80 }
  const onward = send({
    agent,
    ...place,
    method: request.method,
    path: `${pathname}${search}`,
    headers: ['host', host, ...headersOf(request)],
  })
  onward.once('socket', (socket) => see(place, socket))
  onward.once('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, headersOf(answer))
    answer.once('error', () => response.destroy())
    answer.pipe(response)
  })
  // An answer, never a cut connection: Chromium would send a create again by itself on a connection that it had used before.
  onward.on('error', () => end(response, 502))
  response.once('close', () => onward.destroy())
  request.pipe(onward)
}

/** HTTPS and WebSockets: bytes, to an allowed host and port. */
const tunnel = ({ origins, see, sockets }: WayOut, request: IncomingMessage, browser: Duplex, head: Buffer): void => {
  browser.on('error', () => browser.destroy())
  const target = tunnelTo(origins, request.url ?? '')
  if (target === undefined) {
    refused.inc()
    return void browser.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
  }
  const site = connect({ ...target, noDelay: true })
  sockets.add(site)
  see(target, site)
  site.once('connect', () => {
    browser.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    if (head.length > 0) site.write(head)
    browser.pipe(site)
    site.pipe(browser)
  })
  site.on('error', () => browser.destroy())
  site.once('close', () => {
    sockets.delete(site)
    browser.destroy()
  })
  browser.once('close', () => site.destroy())
}

/**
 * Open the way out of one browser. Disposing of it cuts all that goes through it, at once: what a browser that is gone had
 * handed over and was not sent yet never leaves.
 */
export const openEgress = async (origins: Origins, see: SeeConnecting): Promise<Egress> => {
  // One connection a request: on one that is kept, a site that closes it just then would fail a request that it never saw.
  const agent = new Agent({ keepAlive: false })
  const sockets = new Set<Duplex>()
  const way: WayOut = { origins, see, agent, sockets }
  const server = createServer((request, response) => forward(way, request, response))
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('connect', (request, browser, head) => tunnel(way, request, browser, head))
  // The browser's own connections end with it, and not in the middle of its next request.
  server.keepAliveTimeout = 0
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.dispose]() {
      server.close()
      for (const socket of sockets) socket.destroy()
      agent.destroy()
    },
  }
}
