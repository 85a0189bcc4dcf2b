import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Express } from 'express'

export interface Listening extends AsyncDisposable {
  readonly port: number
}

/** Slow or silent clients must not hold sockets for ever. */
const HEADERS_MS = 15_000
const REQUEST_MS = 120_000

/**
 * Serves an app until disposed of: then it takes no more, lets what is under way finish, and cuts event streams.
 * @param graceMs how long what is under way may take
 */
export const listen = async (app: Express, host: string, port: number, graceMs = 10_000): Promise<Listening> => {
  const server = createServer({ headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS }, app)
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      const cut = setTimeout(() => server.closeAllConnections(), graceMs)
      await closed
      clearTimeout(cut)
    },
  }
}
