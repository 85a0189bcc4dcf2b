import { type Server, createServer } from 'node:http'
import express from 'express'
import type { Registry } from 'prom-client'
import { messageOf } from '../errors/index.ts'
import { within } from './deadline.ts'
import type { OpsConfig } from './types.ts'

export type ReadyCheck = () => readonly string[] | Promise<readonly string[]>

export interface OpsServer extends AsyncDisposable {
  /** The port it listens on, also when 0 was asked for. */
  readonly port: number
}

/** A check that hangs must not hang the probe. */
const CHECK_MS = 2_000

const sentencesOf = async (check: ReadyCheck): Promise<readonly string[]> => {
  try {
    const late = (): Error => new Error(`A readiness check did not answer within ${CHECK_MS} ms.`)
    return await within(Promise.resolve().then(check), CHECK_MS, late)
  } catch (error) {
    return [messageOf(error)]
  }
}

/** Everything that stands in the way of readiness, each sentence once. */
export const reasonsOf = async (checks: readonly ReadyCheck[]): Promise<readonly string[]> => [
  ...new Set((await Promise.all(checks.map(sentencesOf))).flat()),
]

/**
 * Serve `/livez` (200 while the process can answer; no dependency is tested), `/readyz` (200, or 503 with
 * `{ready: false, reasons: [sentences]}`) and `/metrics` (Prometheus text).
 * @throws the listen error (port taken, no permission), naming host and port
 */
export const startOps = async (
  config: OpsConfig,
  checks: () => readonly ReadyCheck[],
  registry: Registry,
): Promise<OpsServer> => {
  const app = express()
  app.disable('x-powered-by')
  app.get('/livez', (_, response) => void response.json({ live: true }))
  app.get('/readyz', async (_, response) => {
    const reasons = await reasonsOf(checks())
    response.status(reasons.length === 0 ? 200 : 503).json({ ready: reasons.length === 0, reasons })
  })
  app.get('/metrics', async (_, response) => {
    const text = await registry.metrics()
    response.type(registry.contentType).send(text)
  })
  const server = createServer(app)
  await listen(server, config)
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : config.port,
    [Symbol.asyncDispose]: () => close(server),
  }
}

const listen = (server: Server, { host, port }: OpsConfig): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const hint =
        'code' in error && error.code === 'EADDRINUSE' ? ': the port is taken; set OPS_PORT to a free one' : ''
      reject(new Error(`The ops server cannot listen on ${host}:${port}${hint} (${error.message})`, { cause: error }))
    })
    server.listen(port, host, resolve)
  })

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
