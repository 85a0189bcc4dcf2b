import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A webhook on this machine: what it was told, and how often it still fails. */
export interface WebhookServer extends AsyncDisposable {
  readonly url: string
  /** Texts that it took, in order. */
  readonly told: string[]
  /** Requests that it refused. */
  readonly refused: () => number
}

/** @param failing so many requests get a 503 first */
export const webhookServer = async (failing = 0): Promise<WebhookServer> => {
  const told: string[] = []
  let refused = 0
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (piece: Buffer) => (body += piece.toString()))
    request.on('end', () => {
      if (refused < failing) {
        refused += 1
        response.writeHead(503).end()
        return
      }
      told.push((JSON.parse(body) as { text: string }).text)
      response.end('ok')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/services/T0/B0/the-secret-part`,
    told,
    refused: () => refused,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
