import { join } from 'node:path'
import type { PostgrestTarget } from '../backends/backend.ts'
import { answers } from '../process/wait.ts'
import { findPostgrest } from '../system/find.ts'
import type { Dependency, StackContext } from './dependency.ts'
import { authenticatorUrl } from './supabase-roles.ts'
import { supervise, type Supervised } from './supervised.ts'

/** PostgREST's settings (https://docs.postgrest.org/en/v12/references/configuration.html), as Supabase has them. */
export const postgrestEnv = (
  { secrets }: StackContext,
  own: {
    readonly uri: string
    readonly host: string
    readonly port: number
    readonly adminPort: number
    readonly pool: number
  },
): Record<string, string> => ({
  PGRST_DB_URI: own.uri,
  PGRST_DB_SCHEMAS: 'public',
  PGRST_DB_EXTRA_SEARCH_PATH: 'public, extensions',
  PGRST_DB_ANON_ROLE: 'anon',
  PGRST_DB_POOL: String(own.pool),
  // No more rows in one answer.
  PGRST_DB_MAX_ROWS: '1000',
  PGRST_JWT_SECRET: secrets.jwtSecret,
  PGRST_SERVER_HOST: own.host,
  PGRST_SERVER_PORT: String(own.port),
  PGRST_ADMIN_SERVER_PORT: String(own.adminPort),
  PGRST_LOG_LEVEL: 'warn',
})

/** One PostgREST before one database, as a process of this machine. */
export const postgrestProcess = (context: StackContext, target: PostgrestTarget): Supervised =>
  supervise(context, {
    spec: () => ({
      name: target.name,
      command: findPostgrest(),
      args: [],
      env: postgrestEnv(context, { ...target, host: '127.0.0.1', uri: authenticatorUrl(context, target.database) }),
      cwd: context.dataDir,
      logFile: join(context.logDir, `${target.name}.log`),
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 3_000,
    }),
    ready: answers(`http://127.0.0.1:${target.adminPort}/ready`),
    readyTimeoutMs: 60_000,
  })

/** The stack's own PostgREST. Starting it needs a running Postgres with the Supabase roles. */
export const postgrest = (context: StackContext, database: string): Dependency => {
  const server = postgrestProcess(context, {
    name: 'postgrest',
    database,
    port: context.ports.postgrest,
    adminPort: context.ports.postgrestAdmin,
    pool: 20,
  })
  return {
    name: 'postgrest',
    get running() {
      return server.process !== undefined
    },
    processes: () => [server.process].filter((found) => found !== undefined),
    start: async (signal) => {
      await server.start(signal)
    },
    stop: (options) => server.stop(options),
  }
}
