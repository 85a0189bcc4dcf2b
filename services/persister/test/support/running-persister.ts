import { afterAll } from 'vitest'
import type { isolate } from '@surepost/testkit'
import { FACTS, newId } from '@surepost/shared/contracts'
import type { AppliedFact } from '@surepost/shared/database'
import { type Bus, connectBus } from '@surepost/shared/messaging'
import { type Service, createService, parseConfig, silentLogger } from '@surepost/shared/runtime'
import { configVariables } from '../../src/config.ts'
import { startPersister } from '../../src/service.ts'
import { instant } from './facts.ts'
import { query } from './rows.ts'

/** What the management API says of a queue. */
export interface QueueStats {
  readonly messages?: number
  readonly message_stats?: { readonly redeliver?: number; readonly ack?: number }
}

/** Persisters on an environment of the test file's own, and everything to make their life hard. */
export const persisterOn = async (env: Awaited<ReturnType<typeof isolate>>) => {
  const { id: vhost, endpoints } = env
  const log = silentLogger()
  const running = new Set<Service>()
  afterAll(async () => {
    await Promise.all([...running].map((service) => service.stop()))
    await bus[Symbol.asyncDispose]()
  })
  const { amqpUrl: url, rabbitmqManagementUrl: managementUrl } = endpoints
  const bus: Bus = await connectBus({ url, managementUrl, service: 'test', shards: 1, log })
  const variables = {
    AMQP_URL: url,
    RABBITMQ_MANAGEMENT_URL: managementUrl,
    SUPABASE_URL: endpoints.supabaseUrl,
    SUPABASE_SERVICE_ROLE_KEY: endpoints.supabaseKey,
    OPS_HOST: '127.0.0.1',
    OPS_PORT: '0',
  }

  const rows = <Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    query<Row>(endpoints.postgresUrl, sql, values)
  const maintenance = (sql: string, values: unknown[] = []): Promise<object[]> => {
    const postgres = new URL(endpoints.postgresUrl)
    postgres.pathname = '/postgres'
    return query(postgres.href, sql, values)
  }
  const management = async (
    queue: string,
    init: RequestInit = {},
    path = `queues/${vhost}/${queue}`,
  ): Promise<unknown> => {
    const target = new URL(`api/${path}`, managementUrl)
    const authorization = `Basic ${btoa(`${target.username}:${target.password}`)}`
    target.username = target.password = ''
    const response = await fetch(target, { ...init, headers: { authorization, 'content-type': 'application/json' } })
    const text = await response.text()
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }

  return {
    bus,
    running,
    rows,
    async startOne(more: Record<string, string> = {}): Promise<Service> {
      const own = { ...variables, ...more }
      const service = createService('persister', (scope) => startPersister(scope, parseConfig(configVariables, own)), {
        env: own,
        log,
      })
      running.add(service)
      await service.start()
      return service
    },
    async stopOne(service: Service): Promise<void> {
      running.delete(service)
      await service.stop()
    },
    async emit(fact: AppliedFact): Promise<void> {
      const contract = FACTS.find(({ type }) => type === fact.type)
      if (contract === undefined) throw new Error(`no contract for ${fact.type}`)
      await bus.emit(contract, fact.body as never, { id: fact.id })
    },
    async recorded(facts: readonly AppliedFact[]): Promise<boolean> {
      const found = await rows('select id from facts where id = any($1)', [facts.map(({ id }) => id)])
      return found.length === facts.length
    },
    /** What the persister that runs says of itself. */
    readyz(): Promise<Response> {
      const [service] = [...running]
      return fetch(`http://127.0.0.1:${service?.opsPort}/readyz`)
    },
    /** Cut every session of this file's database, in the middle of whatever it does, and let none in. */
    async takeDatabaseAway(): Promise<void> {
      await maintenance(`alter database ${vhost} allow_connections false`)
      await maintenance('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [vhost])
    },
    async bringDatabaseBack(): Promise<void> {
      await maintenance(`alter database ${vhost} allow_connections true`)
    },
    statsOf: async (queue: string): Promise<QueueStats> => (await management(queue)) as QueueStats,
    /** Bytes into a queue behind our back. */
    async putInto(queue: string, bytes: string): Promise<void> {
      const body = { routing_key: queue, payload: bytes, payload_encoding: 'string', properties: { delivery_mode: 2 } }
      await management('', { method: 'POST', body: JSON.stringify(body) }, `exchanges/${vhost}/amq.default/publish`)
    },
    async purge(queue: string): Promise<void> {
      await management(`${queue}/contents`, { method: 'DELETE' })
    },
    /** How often each message that waits in a queue came back to it unacked. They stay, and come back once more. */
    async returnsIn(queue: string): Promise<readonly number[]> {
      const body = { count: 10_000, ackmode: 'reject_requeue_true', encoding: 'auto' }
      const messages = await management(`${queue}/get`, { method: 'POST', body: JSON.stringify(body) })
      return (messages as { properties: { headers?: Record<string, number> } }[]).map(
        ({ properties }) => properties.headers?.['x-delivery-count'] ?? 0,
      )
    },
  }
}

/** A fact of which nothing follows. */
export const alert = (key: string, sentence = 'look'): AppliedFact => ({
  id: newId(),
  type: 'alert.raised',
  body: { at: instant(0), key, severity: 'info', sentence },
})
