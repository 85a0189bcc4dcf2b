import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { StackError } from '../errors.ts'
import type { ProcessSpec } from '../process/managed.ts'
import { findPostgres } from '../system/find.ts'
import { asOtherUser } from '../system/other-user.ts'
import { run } from '../system/run.ts'
import type { Dependency, StackContext } from './dependency.ts'
import { removeLeftSegment } from './postgres-memory.ts'
import { supervise } from './supervised.ts'

/** Supabase's name for its database and for the owner of everything in it. */
export const POSTGRES_DATABASE = 'postgres'
const POSTGRES_USER = 'postgres'
/** Of the npm package; a cluster of another major version cannot be opened. */
const MAJOR = '17'

/** Connection URL of the owner. */
export const postgresUrl = ({ ports, secrets }: StackContext, database = POSTGRES_DATABASE): string =>
  `postgresql://${POSTGRES_USER}:${secrets.postgresPassword}@127.0.0.1:${ports.postgres}/${database}`

/** Run statements in one database as its owner. */
export const withDatabase = async <T>(
  context: StackContext,
  database: string,
  run: (client: Client) => Promise<T>,
): Promise<T> => {
  const client = new Client({
    connectionString: postgresUrl(context, database),
    connectionTimeoutMillis: 5_000,
    statement_timeout: 60_000,
  })
  // A server that is stopped meanwhile must reject the query, not crash this process.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await run(client)
  } finally {
    await client.end()
  }
}

/** Postgres from its npm package, as child of this process; as root it runs under another user, because it refuses root. */
export const postgres = (context: StackContext): Dependency => {
  const server = supervise(context, {
    spec: async (signal) => {
      await ensureCluster(context, signal)
      return serverSpec(context)
    },
    ready: async () =>
      withDatabase(context, POSTGRES_DATABASE, async (client) => (await client.query('select 1')).rowCount === 1),
    readyTimeoutMs: 120_000,
  })
  return {
    name: 'postgres',
    get running() {
      return server.process !== undefined
    },
    processes: () => [server.process].filter((found) => found !== undefined),
    start: async (signal) => {
      await server.start(signal)
    },
    stop: async (options = {}) => {
      await server.stop(options)
      if (!options.hard) await removeLeftSegment(context.dataDir)
    },
  }
}

const clusterOf = ({ dataDir }: StackContext): string => join(dataDir, 'postgres')

const serverSpec = (context: StackContext): ProcessSpec => {
  const { root, postgres: program } = findPostgres()
  const cluster = clusterOf(context)
  const settings = {
    port: context.ports.postgres,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 300,
    shared_buffers: '128MB',
    // Files in the data folder instead of /dev/shm: nothing is left behind by a kill.
    dynamic_shared_memory_type: 'mmap',
    fsync: context.durable ? 'on' : 'off',
    synchronous_commit: context.durable ? 'on' : 'off',
    log_min_messages: 'warning',
    log_line_prefix: '%m [%p] %d ',
  }
  const args = ['-D', cluster, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])]
  const { command, args: all, user } = asOtherUser(program, args, [root, cluster])
  return {
    name: 'postgres',
    command,
    args: all,
    ...(user ? { user } : {}),
    env: {},
    cwd: '/',
    logFile: join(context.logDir, 'postgres.log'),
    // "Fast shutdown": sessions are ended, the data is consistent on disk.
    stopSignal: 'SIGINT',
    stopTimeoutMs: 7_000,
  }
}

/** Make the cluster if there is none; under another name first, so that an interrupted one is never taken for whole. */
const ensureCluster = async (context: StackContext, signal?: AbortSignal): Promise<void> => {
  const cluster = clusterOf(context)
  if (existsSync(cluster)) return checkVersion(cluster)
  const unfinished = `${cluster}.new`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true, mode: 0o700 })
  const password = `${cluster}.password`
  writeFileSync(password, context.secrets.postgresPassword, { mode: 0o600 })
  try {
    await initialise(unfinished, password, context, signal)
    renameSync(unfinished, cluster)
  } finally {
    rmSync(password, { force: true })
    rmSync(unfinished, { recursive: true, force: true })
  }
}

const checkVersion = (cluster: string): void => {
  const file = join(cluster, 'PG_VERSION')
  const version = existsSync(file) ? readFileSync(file, 'utf8').trim() : 'nobody knows which'
  if (version === MAJOR) return
  throw new StackError(
    `${cluster} is of Postgres ${version}, and this is Postgres ${MAJOR}. Use another --data folder, or remove that one.`,
  )
}

const initialise = async (
  cluster: string,
  password: string,
  context: StackContext,
  signal?: AbortSignal,
): Promise<void> => {
  const { root, initdb } = findPostgres()
  const wanted = ['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync', '--no-instructions']
  const args = ['-D', cluster, '-U', POSTGRES_USER, '--pwfile', password, ...wanted]
  const { command, args: all, user, owner } = asOtherUser(initdb, args, [root, cluster])
  if (owner) for (const path of [cluster, password]) chownSync(path, owner.uid, owner.gid)
  const { code, output } = await run(command, all, {
    timeoutMs: 180_000,
    env: context.mark,
    ...(user ? { user } : {}),
    ...(signal ? { signal } : {}),
  })
  signal?.throwIfAborted()
  if (code !== 0) throw new StackError(`Postgres' initdb failed:\n  ${output.trim().split('\n').join('\n  ')}`)
}
