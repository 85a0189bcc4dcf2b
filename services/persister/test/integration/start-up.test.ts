import { applyPolicies, vhostOf } from '@surepost/shared/messaging'
import { type Service, createService, parseConfig, silentLogger } from '@surepost/shared/runtime'
import { cuttable, eventually, isolate } from '@surepost/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { configVariables } from '../../src/config.ts'
import { startPersister } from '../../src/service.ts'
import { query } from '../support/rows.ts'

const { endpoints } = await isolate()
const { amqpUrl, rabbitmqManagementUrl, postgresUrl } = endpoints
const variables = {
  AMQP_URL: amqpUrl,
  RABBITMQ_MANAGEMENT_URL: rabbitmqManagementUrl,
  SUPABASE_URL: endpoints.supabaseUrl,
  SUPABASE_SERVICE_ROLE_KEY: endpoints.supabaseKey,
  OPS_HOST: '127.0.0.1',
  OPS_PORT: '0',
}

const running: Service[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((service) => service.stop()))
})

/** A persister that is starting, and may never have done so. */
const starting = async (more: Readonly<Record<string, string>> = {}): Promise<Service> => {
  const env = { ...variables, ...more }
  const start = (scope: Parameters<typeof startPersister>[0]) =>
    startPersister(scope, parseConfig(configVariables, env))
  const service = createService('persister', start, { env, log: silentLogger() })
  running.push(service)
  // What ends a start that waits is the stop of the test.
  service.start().catch(() => {})
  await eventually(() => service.opsPort !== undefined)
  return service
}

/** What its probe is answered, once that is settled. */
const answers = (service: Service, status: number, sentence: RegExp | undefined): Promise<unknown> =>
  eventually(
    async () => {
      const response = await fetch(`http://127.0.0.1:${service.opsPort}/readyz`)
      const { reasons } = (await response.json()) as { readonly reasons: readonly string[] }
      expect([response.status, reasons]).toEqual([
        status,
        sentence === undefined ? [] : expect.arrayContaining([expect.stringMatching(sentence)]),
      ])
      return true
    },
    { timeoutMs: 40_000 },
  )

/** A busy RabbitMQ may answer too late. */
const policies = (): Promise<unknown> =>
  eventually(() => applyPolicies(rabbitmqManagementUrl, vhostOf(amqpUrl), 1).then(() => true), { timeoutMs: 60_000 })
const removePolicy = async (name: string): Promise<void> => {
  const target = new URL(`api/policies/${vhostOf(amqpUrl)}/${name}`, rabbitmqManagementUrl)
  const authorization = `Basic ${btoa(`${target.username}:${target.password}`)}`
  target.username = target.password = ''
  expect((await fetch(target, { method: 'DELETE', headers: { authorization } })).status).toBe(204)
}

describe('a service is unready, and says why, as long as', () => {
  it('migrations are missing', async () => {
    const applied = 'supabase_migrations.schema_migrations'
    const [last] = await query<{ version: string; name: string; statements: string[] }>(
      postgresUrl,
      `delete from ${applied} where version = (select max(version) from ${applied}) returning *`,
    )
    const service = await starting()
    await answers(service, 503, new RegExp(`lacks 1 of \\d+ migrations, first ${last?.version}: run the migrations`))
    const { version, name, statements } = last ?? {}
    await query(postgresUrl, `insert into ${applied} (version, name, statements) values ($1, $2, $3)`, [
      version,
      name,
      statements,
    ])
    await answers(service, 200, undefined)
  })

  it('its key is that of another role', async () => {
    const service = await starting({ SUPABASE_SERVICE_ROLE_KEY: endpoints.supabaseAnonKey })
    await answers(service, 503, /SUPABASE_SERVICE_ROLE_KEY must be the key of the role service_role/)
  })

  it('a policy of RabbitMQ is missing', async () => {
    await removePolicy('poster.publish.0')
    const service = await starting()
    await answers(service, 503, /queue poster\.publish\.0: .* is not set and must be/)
    await policies()
    await answers(service, 200, undefined)
  })

  it.each([
    ['RabbitMQ is absent', 'AMQP_URL', amqpUrl, /RabbitMQ at \S+ is not there/],
    ['the database is absent', 'SUPABASE_URL', endpoints.supabaseUrl, /The database at \S+ cannot be used/],
  ])('%s', async (_, variable, url, sentence) => {
    await using link = await cuttable(url)
    link.cut()
    const service = await starting({ [variable]: link.url })
    await answers(service, 503, sentence)
    link.mend()
    await answers(service, 200, undefined)
    // Before its link is.
    await Promise.all(running.splice(0).map((one) => one.stop()))
  })
})
