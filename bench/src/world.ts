import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AccountConfig, type AccountId, ConfigureAccount } from '@surepost/shared/contracts'
import { type Leases, connectLeases } from '@surepost/shared/leases'
import { type Bus, connectBus } from '@surepost/shared/messaging'
import { type Stack, type SystemDescription, ensureInstalled, startStack } from '@surepost/stack'
import { pino } from 'pino'
import { z } from 'zod'

/** Who waits for a processor is no reason to hold work back: benchmarks want it busy. Canaries would be counted as pages. */
const BROKER_ENV = { BACKGROUND_CPU_PERCENT: '101', BROWSER_CANARY_EVERY_MS: '600000' }
const SHARDS = 1
const ADMIN_MS = 30_000
const ROOMY = { perHour: 10_000, perDay: 100_000, minGapSeconds: 0 }

/** A browser-broker over a RabbitMQ of its own, and a page to load. */
export interface World extends AsyncDisposable {
  readonly stack: Stack
  readonly system: SystemDescription
  readonly leases: Leases
  readonly page: string
  /** Configure accounts and give each a session. */
  accounts(name: string, count: number): Promise<readonly AccountId[]>
  /** Ask the broker's admin HTTP. @throws Error when it does not answer with success */
  admin(method: 'GET' | 'PUT', path: string, body?: unknown): Promise<unknown>
}

export interface WorldOptions {
  readonly dataDir: string
  readonly onProgress: (text: string) => void
  readonly signal: AbortSignal
  readonly env?: Readonly<Record<string, string>>
}

export const busAt = (amqpUrl: string, managementUrl: string): Promise<Bus> =>
  connectBus({ url: amqpUrl, managementUrl, service: 'bench', shards: SHARDS, log: pino({ level: 'silent' }) })

/** @throws StackError when the stack cannot be started */
export const openWorld = async ({ dataDir, onProgress, signal, env = {} }: WorldOptions): Promise<World> => {
  await using opened = new AsyncDisposableStack()
  await ensureInstalled({ onProgress, signal })
  const stack = opened.use(await startStack({ dataDir, signal, onProgress, ephemeral: true }))
  // Browsers reach the platform's site alone: here that is this page's.
  const site = opened.use(await servePage())
  onProgress('starting the browser-broker')
  const system = await stack.startServices({
    only: ['browser-broker'],
    env: { 'browser-broker': { ...BROKER_ENV, BROWSER_ORIGINS: new URL(site.url).origin, ...env } },
  })
  const { amqpUrl, rabbitmqManagementUrl } = system.endpoints
  const bus = opened.use(await busAt(amqpUrl, rabbitmqManagementUrl))
  const leases = opened.use(await connectLeases({ bus, shards: SHARDS, log: pino({ level: 'silent' }) }))
  const admin = adminOf(system)
  const all = opened.move()
  return {
    stack,
    system,
    leases,
    page: site.url,
    admin,
    accounts: (name, count) =>
      Promise.all(Array.from({ length: count }, (_, i) => configure(bus, admin, `${name}-${i}`))),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

const adminOf =
  ({ brokerUrl, brokerAdminKey }: SystemDescription): World['admin'] =>
  async (method, path, body) => {
    const response = await fetch(new URL(path, brokerUrl), {
      method,
      headers: { authorization: `Bearer ${brokerAdminKey}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(ADMIN_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} of the browser-broker: ${response.status} ${text}`)
    return text === '' ? null : JSON.parse(text)
  }

const configure = async (bus: Bus, admin: World['admin'], id: string): Promise<AccountId> => {
  const handle = id.replaceAll('-', '_')
  const config = AccountConfig.parse({ id, platform: 'x', handle, budgets: { post: ROOMY, reply: ROOMY } })
  await bus.ask(ConfigureAccount, { config }, z.unknown(), { shard: 0, timeoutMs: 30_000 })
  await admin('PUT', `/accounts/${id}/session`, { cookies: [], origins: [] })
  return config.id
}

const servePage = async (): Promise<{ readonly url: string } & AsyncDisposable> => {
  const html = `<!doctype html><title>page</title>${'<p>words of a post</p>'.repeat(200)}`
  const server = createServer((_, response) => void response.setHeader('content-type', 'text/html').end(html))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
