import { join } from 'node:path'
import { answers } from '../process/wait.ts'
import { findPostgrest } from '../system/find.ts'
import type { Dependency, StackContext } from './dependency.ts'
import { authenticatorUrl } from './supabase-roles.ts'
import { supervise, type Supervised } from './supervised.ts'

interface PostgrestTarget {
  readonly name: string
  readonly database: string
  readonly port: number
  readonly adminPort: number
  /** Connections to Postgres. */
  readonly pool: number
}

/** One PostgREST (https://docs.postgrest.org/en/v12/references/configuration.html) before one database. */
export const postgrestProcess = (context: StackContext, target: PostgrestTarget): Supervised =>
  supervise(context, {
    spec: () => ({
      name: target.name,
      command: findPostgrest(),
      args: [],
      env: {
        PGRST_DB_URI: authenticatorUrl(context, target.database),
        PGRST_DB_SCHEMAS: 'public',
        PGRST_DB_EXTRA_SEARCH_PATH: 'public, extensions',
        PGRST_DB_ANON_ROLE: 'anon',
        PGRST_DB_POOL: String(target.pool),
        // As Supabase: no more rows in one answer.
        PGRST_DB_MAX_ROWS: '1000',
        PGRST_JWT_SECRET: context.secrets.jwtSecret,
        PGRST_SERVER_HOST: '127.0.0.1',
        PGRST_SERVER_PORT: String(target.port),
        PGRST_ADMIN_SERVER_PORT: String(target.adminPort),
        PGRST_LOG_LEVEL: 'warn',
      },
      cwd: context.dataDir,
      logFile: join(context.logDir, `${target.name}.log`),
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 3_000,
    }),
    ready: answers(`http://127.0.0.1:${target.adminPort}/ready`),
    readyTimeoutMs: 30_000,
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
