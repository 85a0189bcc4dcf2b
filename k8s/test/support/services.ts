import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createService, parseConfig } from '@surepost/shared/runtime'
import { readConfig as readBrokerConfig } from '../../../services/browser-broker/src/config.ts'
import { configSchema as consoleConfig } from '../../../services/console/src/config.ts'
import { configVariables as persisterConfig } from '../../../services/persister/src/config.ts'
import { configSchema as posterConfig } from '../../../services/poster/src/config.ts'
import { configSchema as replierConfig } from '../../../services/replier/src/config.ts'
import { configSchema as scraperConfig } from '../../../services/scraper/src/config.ts'
import { ROOT } from './manifests.ts'

export type Env = Readonly<Record<string, string | undefined>>

/** What every long-running service reads at start, as it reads it. @throws ConfigError */
const READERS: Readonly<Record<string, (env: Env) => unknown>> = {
  console: (env) => parseConfig(consoleConfig, env),
  poster: (env) => parseConfig(posterConfig, env),
  persister: (env) => parseConfig(persisterConfig, env),
  scraper: (env) => parseConfig(scraperConfig, env),
  replier: (env) => parseConfig(replierConfig, env),
  'browser-broker': readBrokerConfig,
}
const readRuntime = (name: string, env: Env): unknown => createService(name, async () => {}, { env })

export const SERVICES = Object.keys(READERS)

/** Programs that read their variables while they run: found in their source. */
const SOURCES: Readonly<Record<string, string>> = {
  migrate: 'services/persister/src/migrate.ts',
  playground: 'packages/playground/src/main.ts',
}
/** Variables of the system, of Node and of our own composition, that no schema names; and the platform, which is everybody's. */
const OF_THE_SYSTEM = new Set([
  'X_BASE_URL',
  'POD_NAME',
  'HOME',
  'TMPDIR',
  'TZ',
  'NODE_ENV',
  'NODE_OPTIONS',
  'PGPASSWORD',
])

const namesReadBy = (read: (env: Env) => unknown): ReadonlySet<string> => {
  const names = new Set<string>()
  const env = new Proxy<Env>({}, { get: (_, name) => void names.add(String(name)) })
  try {
    read(env)
  } catch {
    // Of course: nothing is set.
  }
  return names
}

/** Whether a program of ours reads this variable. */
export const isRead = (program: string, variable: string): boolean => {
  if (OF_THE_SYSTEM.has(variable)) return true
  const source = SOURCES[program]
  if (source !== undefined) return new RegExp(`\\b${variable}\\b`).test(readFileSync(join(ROOT, source), 'utf8'))
  const reader = READERS[program]
  if (reader === undefined) return false
  return namesReadBy(reader).has(variable) || namesReadBy((env) => readRuntime(program, env)).has(variable)
}

/** Whether any program of ours reads this variable: what compose gives to all of them in one block. */
export const isReadBySome = (variable: string): boolean =>
  [...SERVICES, ...Object.keys(SOURCES)].some((program) => isRead(program, variable))

/** What a service says of an environment before it starts: empty, or a sentence per variable that is missing or wrong. */
export const configTroubles = (service: string, env: Env): readonly string[] =>
  [(all: Env) => READERS[service]?.(all), (all: Env) => readRuntime(service, all)].flatMap((read) => {
    try {
      read(env)
      return []
    } catch (error) {
      return [`${service}: ${error instanceof Error ? error.message : String(error)}`]
    }
  })

/** Secrets that the manifests refer to, key by key, with a value that has the right form. docs/DEPLOY.md says how to make them. */
export const SECRETS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'surepost-rabbitmq': {
    AMQP_URL: 'amqp://surepost:not-a-password@rabbitmq:5672/surepost',
    RABBITMQ_MANAGEMENT_URL: 'http://surepost:not-a-password@rabbitmq:15672/',
  },
  'surepost-rabbitmq-users': { 'users.json': '{"users":[]}' },
  'surepost-supabase': { SUPABASE_SERVICE_ROLE_KEY: 'not-a-key-but-as-long-as-one' },
  'surepost-database': { DATABASE_URL: 'postgresql://postgres:not-a-password@db:5432/postgres' },
  'surepost-console': { API_KEY: 'not-a-key-but-as-long' },
  'surepost-broker': { BROKER_ADMIN_KEY: 'not-a-key-but-as-long' },
  'surepost-sessions': { SESSION_KEY: Buffer.alloc(32).toString('base64') },
  'surepost-alerts': { ALERT_WEBHOOK_URL: 'https://hooks.example.com/not-a-secret' },
  'surepost-llm': { LLM_API_KEY: 'not-a-key' },
}
