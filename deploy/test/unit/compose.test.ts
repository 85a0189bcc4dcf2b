import { serviceVariables } from '@surepost/shared/runtime'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { variables as broker } from '../../../services/browser-broker/src/config.ts'
import { configSchema as consoleSchema } from '../../../services/console/src/config.ts'
import { configVariables as persister } from '../../../services/persister/src/config.ts'
import { configSchema as poster } from '../../../services/poster/src/config.ts'
import { configSchema as replier } from '../../../services/replier/src/config.ts'
import { configSchema as scraper } from '../../../services/scraper/src/config.ts'
import { compose, fileOf, networksOf, ours, withDefaults } from './compose.ts'

const namesIn = (schema: z.ZodType | z.ZodRawShape): readonly string[] => {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape)
  if (schema instanceof z.ZodDiscriminatedUnion)
    return schema.options.flatMap((option) => namesIn(option as z.ZodObject))
  return schema instanceof z.ZodType ? [] : Object.keys(schema)
}

/** Names of constants of a source that is a program and no module: importing it would run it. */
const namesInSource = (path: string): readonly string[] => [
  ...new Set([...fileOf(path).matchAll(/^ {2}([A-Z][A-Z0-9_]+): /gm)].map(([, name = '']) => name)),
]

// Every program looks at X_BASE_URL: the demo's secrets are good for a playground only.
const service = [...Object.keys(serviceVariables), 'X_BASE_URL']
const KNOWN: Record<string, readonly string[]> = {
  console: [...service, ...namesIn(consoleSchema)],
  poster: [...service, ...namesIn(poster)],
  persister: [...service, ...namesIn(persister)],
  scraper: [...service, ...namesIn(scraper)],
  replier: [...service, ...namesIn(replier)],
  'browser-broker': [...service, ...namesIn(broker)],
  playground: namesInSource('packages/playground/src/main.ts'),
  // PGPASSWORD is the Postgres client's own; the rest of what is common to all is read by nobody there.
  migrate: [...namesInSource('services/persister/src/migrate.ts'), 'PGPASSWORD', 'X_BASE_URL', 'OPS_PORT', 'LOG_LEVEL'],
}
const kindOf = (name: string): string => (name.startsWith('browser-broker') ? 'browser-broker' : name)

test('every service of the repository is in the compose file, by the name of its workspace', () => {
  expect(new Set(ours.map(([name]) => kindOf(name)))).toEqual(new Set(Object.keys(KNOWN)))
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(fileOf('package.json')))
  for (const [name, { image }] of ours) expect(withDefaults(image)).toBe(`surepost/${kindOf(name)}:${version}`)
})

describe.each(ours)('%s', (name, { environment, build, healthcheck, ports, depends_on, ...rest }) => {
  const known = KNOWN[kindOf(name)] ?? []
  test('is given only variables that it reads', () => {
    expect(Object.keys(environment).filter((variable) => !known.includes(variable))).toEqual([])
  })
  test('is built of its own workspace', () => {
    if (build === undefined) return expect(name).toBe('browser-broker-1')
    const folder =
      name === 'migrate' ? 'services/persister' : `${name === 'playground' ? 'packages' : 'services'}/${name}`
    expect(build.args['WORKSPACE']).toBe(folder)
    expect(fileOf('Dockerfile')).toMatch(new RegExp(`^FROM \\S+ AS ${build.target}$`, 'm'))
  })
  test('has a health check on its own port, a restart policy, limits, and starts after what it needs', () => {
    expect(rest.restart).toBe(name === 'migrate' ? 'on-failure' : 'unless-stopped')
    expect(rest).toMatchObject({ read_only: true, user: '1000:1000', init: true, cap_drop: ['ALL'] })
    expect(rest['mem_limit']).toBeDefined()
    if (name === 'migrate') return
    expect(healthcheck?.test).toEqual(['CMD', 'node', '/app/deploy/healthy.js'])
    if (name !== 'playground') {
      expect(environment['OPS_PORT']).toBe('9400')
      expect(depends_on).toMatchObject({ migrate: { condition: 'service_completed_successfully' } })
    }
  })
  test('publishes no port if it can be scaled, and others on this machine only', () => {
    if (!['console', 'playground'].includes(name)) return expect(ports).toEqual([])
    for (const port of ports) expect(withDefaults(port)).toMatch(/^127\.0\.0\.1:/)
    expect(ports[0]?.split(':').at(-1)).toBe(environment[`${name.toUpperCase()}_PORT`])
  })
  test('is stopped later than it stops by itself', () => {
    const grace = Number(environment['SHUTDOWN_GRACE_MS'] ?? 25_000)
    if (name === 'migrate' || name === 'playground') return
    expect(Number.parseInt(rest.stop_grace_period ?? '10s') * 1_000).toBeGreaterThan(grace)
  })
})

test('the health check asks for what the ops server serves', () => {
  const [, path = ''] = /\}(\/\w+)`/.exec(fileOf('deploy/healthy.js')) ?? []
  expect(fileOf('packages/shared/src/runtime/ops.ts')).toContain(`app.get('${path}'`)
  expect(fileOf('packages/playground/src/http/app.ts')).toContain(`app.get('${path}'`)
})

test('the handlers of poster and scraper end before they are stopped', () => {
  const { poster, scraper } = compose.services
  const { LEASE_ACT_MS, LEASE_READ_MS } = broker.shape
  expect(Number(poster?.environment['SHUTDOWN_GRACE_MS'])).toBeGreaterThan(LEASE_ACT_MS.parse(undefined))
  // Reading leases are renewable to 5 minutes.
  expect(Number(scraper?.environment['SHUTDOWN_GRACE_MS'])).toBeGreaterThan(
    Math.max(300_000, LEASE_READ_MS.parse(undefined)),
  )
})

describe('the browser-brokers', () => {
  const brokers = ours.filter(([name]) => kindOf(name) === 'browser-broker')
  test('listen on the internal network only, by a name that no other network knows', () => {
    for (const [, { environment, networks }] of brokers) {
      const host = environment['BROKER_HOST'] ?? ''
      expect(networks).toEqual({ internal: { aliases: [host] }, platform: {} })
      expect(environment['BROKER_PUBLIC_URL']).toBe(`ws://${host}:${environment['BROKER_PORT']}`)
    }
    expect(compose['networks']).toMatchObject({ internal: { internal: true } })
  })
  test('are the ones that the console asks, one a shard', () => {
    const urls = brokers.map(
      ([, { environment }]) => `http://${environment['BROKER_HOST']}:${environment['BROKER_PORT']}`,
    )
    expect(withDefaults(compose.services['console']?.environment['BROKER_URLS'] ?? '')).toBe(urls[0])
    expect(fileOf('.env.example')).toContain(`# BROKER_URLS=${urls.join(',')}\n`)
    expect(brokers.map(([, { environment }]) => environment['BROKER_SHARD'])).toEqual(['0', '1'])
  })
  test('share no network with the database but the internal one, and nothing else is on the platform’s but the playground', () => {
    const onPlatform = Object.entries(compose.services).filter(([, one]) => networksOf(one).includes('platform'))
    expect(onPlatform.map(([name]) => name)).toEqual(['browser-broker', 'browser-broker-1', 'playground'])
  })
  test('have the Playwright that their client has, with its own browsers', () => {
    const [, pinned] = /^ARG PLAYWRIGHT_VERSION=(\S+)$/m.exec(fileOf('Dockerfile')) ?? []
    const lock = z
      .object({ packages: z.record(z.string(), z.looseObject({ version: z.string().optional() })) })
      .parse(JSON.parse(fileOf('package-lock.json')))
    expect(pinned).toBe(lock.packages['node_modules/playwright']?.version)
    expect(pinned).toBe(lock.packages['node_modules/playwright-core']?.version)
  })
})

test('only those that speak to the database have its key', () => {
  const having = ours.filter(([, { environment }]) => 'SUPABASE_SERVICE_ROLE_KEY' in environment).map(([name]) => name)
  expect(having).toEqual(['persister', 'scraper', 'console'])
})

test('the database beside the services has the roles of the local stack', () => {
  const statements = (text: string): string => text.replaceAll(/\$\{[^}]*\}|:'\w+'/g, '?').replaceAll(/\s+/g, ' ')
  const [, script = ''] = /<<'SQL'\n([\s\S]*)SQL\n/.exec(fileOf('deploy/postgres/10-supabase-roles.sh')) ?? []
  const local = [...fileOf('packages/stack/src/dependencies/supabase-roles.ts').matchAll(/`\n([\s\S]*?)`/g)]
  expect(statements(script).trim()).toBe(statements(local.map(([, sql = '']) => sql).join('')).trim())
})

test('Prometheus asks every service at its ops port', () => {
  const text = fileOf('deploy/prometheus/prometheus.yml')
  const asked = /names: \[(console[^\]]*)\]/.exec(text)?.[1]?.split(', ')
  const serving = ours.map(([name]) => name).filter((name) => !['migrate', 'playground'].includes(name))
  expect(new Set(asked)).toEqual(new Set(serving))
  expect(text).toContain('port: 9400')
})

test('the dashboard shows metrics that exist', () => {
  const shown = new Set(fileOf('deploy/grafana/dashboards/surepost.json').match(/surepost_[a-z_]+/g))
  const sources = [
    'services/browser-broker/src/egress/egress.ts',
    ...['leases/desk', 'leases/holding', 'leases/pressure', 'upkeep-jobs', 'browsers/pool'].map(
      (file) => `services/browser-broker/src/${file}.ts`,
    ),
    ...['browsers/memory', 'ledger/outbox', 'ledger/ledger'].map((file) => `services/browser-broker/src/${file}.ts`),
    ...['jobs/runner', 'handlers/apply', 'service'].map((file) => `services/persister/src/${file}.ts`),
    'packages/shared/src/messaging/metrics.ts',
    'packages/shared/src/database/metrics.ts',
  ]
  const text = sources.map(fileOf).join('\n')
  for (const name of shown) expect(text).toContain(`'${name.replace(/_(bucket|count|sum)$/, '')}'`)
})
