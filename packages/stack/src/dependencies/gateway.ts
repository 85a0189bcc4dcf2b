import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createProxyServer } from 'httpxy'
import { StackError } from '../errors.ts'
import type { Dependency, StackContext } from './dependency.ts'

/** A listening gateway. */
export interface Gateway {
  readonly port: number
  /** `hard` cuts requests under way; otherwise they are finished first. */
  close(options?: { readonly hard?: boolean }): Promise<void>
}

const REST = '/rest/v1'

const answer = (response: ServerResponse, status: number, message: string): void => {
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }))
}

/**
 * What stands before PostgREST in a Supabase project: `/rest/v1/*` goes to PostgREST, a request without an `apikey` is
 * refused with 401, and 503 says that PostgREST cannot be reached.
 * @param upstreamPort PostgREST's port on loopback
 * @throws StackError when the port is taken
 */
export const openGateway = async (port: number, upstreamPort: number): Promise<Gateway> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 256, timeout: 60_000 })
  const proxy = createProxyServer({ target: `http://127.0.0.1:${upstreamPort}`, agent, proxyTimeout: 60_000 })
  proxy.on('error', (_error, _request, response) => {
    if (response && 'writeHead' in response) answer(response, 503, 'PostgREST cannot be reached.')
  })
  const server = createServer((request, response) => route(proxy, request, response))
  // A client that keeps a connection open longer than the server would see resets on reuse.
  server.keepAliveTimeout = 65_000
  await listen(server, port)
  return {
    port: (server.address() as AddressInfo).port,
    close: async ({ hard = false } = {}) => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      if (hard) server.closeAllConnections()
      else server.closeIdleConnections()
      const late = setTimeout(() => server.closeAllConnections(), 2_000)
      await closed
      clearTimeout(late)
      agent.destroy()
      proxy.close()
    },
  }
}

const route = (
  proxy: ReturnType<typeof createProxyServer>,
  request: IncomingMessage,
  response: ServerResponse,
): void => {
  const url = request.url ?? '/'
  if (url !== REST && !url.startsWith(`${REST}/`) && !url.startsWith(`${REST}?`)) {
    answer(response, 404, `no Route matched: only ${REST} is served here`)
    return
  }
  if (request.headers['apikey'] === undefined) {
    answer(response, 401, 'No API key found in request')
    return
  }
  const rest = url.slice(REST.length)
  request.url = rest.startsWith('/') ? rest : `/${rest}`
  request.once('error', () => response.destroy())
  void proxy.web(request, response).catch(() => answer(response, 503, 'PostgREST cannot be reached.'))
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new StackError(`The gateway cannot listen on port ${port}: ${cause.message}.`, { cause })),
    )
    server.on('connection', (socket: Socket) => socket.setNoDelay(true))
    server.listen(port, '127.0.0.1', resolve)
  })

/** The stack's own gateway: it lives in the supervisor. */
export const gateway = ({ ports }: StackContext): Dependency => {
  let open: Gateway | undefined
  return {
    name: 'gateway',
    get running() {
      return open !== undefined
    },
    processes: () => [],
    start: async () => {
      open ??= await openGateway(ports.gateway, ports.postgrest)
    },
    stop: async (options) => {
      const closing = open
      open = undefined
      await closing?.close(options)
    },
  }
}
