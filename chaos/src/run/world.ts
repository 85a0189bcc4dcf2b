import { join } from 'node:path'
import { connectBus } from '@surepost/shared/messaging'
import { ensureInstalled, startStack, type StackDescription } from '@surepost/stack'
import { pino } from 'pino'
import { brokerAt, type Broker } from '../clients/broker.ts'
import { consoleAt, type Console } from '../clients/console.ts'
import { playgroundAt, type Playground } from '../clients/playground.ts'
import { queuesAt, type QueueDepth } from '../clients/rabbitmq.ts'
import { REPLICAS } from '../faults/services.ts'
import type { Dependencies, FaultContext, LinkName } from '../faults/types.ts'
import { LEASE_ACT_MS, POSTER_PREFETCH, READING_CLAIM_SECONDS, SETTLE_WINDOW_MS, SLOTS } from '../timing.ts'
import { deliveriesBy } from './deliveries.ts'
import { openProxy, type Proxy } from './link.ts'
import { servicesOf } from './processes.ts'
import { recordsAt, type RecordReader } from './records.ts'

/** A running system with everything that a run needs of it. Disposing of it stops all. */
export interface World extends AsyncDisposable {
  readonly api: Console
  readonly site: Playground
  readonly broker: Broker
  readonly records: RecordReader
  readonly queues: () => Promise<readonly QueueDepth[]>
  readonly context: FaultContext
  readonly logDir: string
}

export interface WorldOptions {
  readonly dataDir: string
  readonly onProgress: (text: string) => void
  readonly signal: AbortSignal
}

const SHARDS = 1

/** Start the whole stack, each service a process (two posters, two persisters), with proxies in between. @throws StackError */
export const openWorld = async ({ dataDir, onProgress, signal }: WorldOptions): Promise<World> => {
  await using opened = new AsyncDisposableStack()
  await ensureInstalled({ onProgress, signal })
  // Closed last: services that stop in good order must find the way to what they depend on.
  const proxies = opened.use(new AsyncDisposableStack())
  const stack = opened.use(await startStack({ dataDir, signal, onProgress }))
  const dependencies = await stack.describe()
  const links = await openLinks(dependencies, proxies)
  onProgress('starting the services')
  const system = await stack.startServices({ replicas: REPLICAS, env: variables(dependencies, links) })
  const bus = opened.use(
    await connectBus({
      url: system.endpoints.amqpUrl,
      managementUrl: system.endpoints.rabbitmqManagementUrl,
      service: 'chaos',
      shards: SHARDS,
      log: pino({ level: 'silent' }),
      scope: { signal, readyWhen: () => undefined },
    }),
  )
  const site = playgroundAt(system.playgroundUrl, signal)
  const records = recordsAt(system.endpoints.postgresUrl)
  const context: FaultContext = {
    services: servicesOf(stack, signal),
    dependencies: {
      stop: (name, options) => stack.stopPart(name, options),
      start: (name) => stack.startPart(name),
      raiseMemoryAlarm: () => stack.setMemoryAlarm(true),
      clearMemoryAlarm: () => stack.setMemoryAlarm(false),
    } satisfies Dependencies,
    links,
    site,
    deliveries: deliveriesBy(bus, records, signal),
    signal,
  }
  const all = opened.move()
  return {
    api: consoleAt(system.consoleUrl, system.apiKey, signal),
    site,
    broker: brokerAt(system.brokerUrl, system.brokerAdminKey, opsUrl(system, 'browser-broker'), signal),
    records,
    queues: queuesAt(system.endpoints.rabbitmqManagementUrl, vhostOf(system), signal),
    context,
    logDir: join(dataDir, 'log'),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

const opsUrl = ({ services }: StackDescription, name: string): string =>
  `http://127.0.0.1:${services.find((service) => service.name === name)?.opsPort ?? 0}/metrics`

const vhostOf = ({ endpoints }: StackDescription): string =>
  decodeURIComponent(new URL(endpoints.amqpUrl).pathname.slice(1))

const targetOf = (url: string): { readonly host: string; readonly port: number } => {
  const { hostname, port } = new URL(url)
  return { host: hostname, port: Number(port) }
}

const openLinks = async (
  system: StackDescription,
  proxies: AsyncDisposableStack,
): Promise<Record<LinkName, Proxy>> => ({
  amqp: proxies.use(await openProxy(targetOf(system.endpoints.amqpUrl))),
  database: proxies.use(await openProxy(targetOf(system.endpoints.supabaseUrl))),
  leases: proxies.use(await openProxy(targetOf(system.brokerUrl))),
})

const through = (url: string, { port }: Proxy): string => {
  const changed = new URL(url)
  changed.port = String(port)
  return changed.href.replace(/\/$/u, '')
}

/** What differs from a plain stack: the ways through the proxies, and the times of the run (`timing.ts`). */
const variables = (system: StackDescription, links: Readonly<Record<LinkName, Proxy>>) => {
  const database = { SUPABASE_URL: through(system.endpoints.supabaseUrl, links.database) }
  return {
    '*': { AMQP_URL: through(system.endpoints.amqpUrl, links.amqp) },
    persister: { ...database, READING_CLAIM_SECONDS: String(READING_CLAIM_SECONDS) },
    console: database,
    poster: { POSTER_PREFETCH: String(POSTER_PREFETCH) },
    'browser-broker': {
      BROKER_PUBLIC_URL: `ws://127.0.0.1:${links.leases.port}`,
      SETTLE_WINDOW_MS: String(SETTLE_WINDOW_MS),
      LEASE_ACT_MS: String(LEASE_ACT_MS),
      LEASE_ACT_MOST_MS: String(LEASE_ACT_MS),
      BROKER_SLOTS: String(SLOTS),
    },
  }
}
