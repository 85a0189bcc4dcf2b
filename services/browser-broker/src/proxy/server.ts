import { type RequestListener, createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { UnavailableError, messageOf } from '@surepost/shared/errors'

export interface ProxyServer extends AsyncDisposable {
  readonly port: number
}

/** @throws UnavailableError naming host and port when it cannot listen */
export const serveProxy = async (
  { host, port }: { readonly host: string; readonly port: number },
  app: RequestListener,
  onUpgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
): Promise<ProxyServer> => {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, app)
  const sockets = new Set<Duplex>()
  server.on('upgrade', (request, socket, head) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    onUpgrade(request, socket, head)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new UnavailableError(
          'proxy',
          `The broker cannot listen on ${host}:${port} (BROKER_HOST, BROKER_PORT): ${messageOf(error)}`,
        ),
      ),
    )
    server.listen(port, host, resolve)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
        for (const socket of sockets) socket.destroy()
      }),
  }
}
