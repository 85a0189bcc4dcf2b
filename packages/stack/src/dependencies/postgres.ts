import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
    readyTimeoutMs: 60_000,
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
  return {
    name: 'postgres',
    ...asOtherUser(program, args, [root, cluster]),
    env: {},
    cwd: '/',
    logFile: join(context.logDir, 'postgres.log'),
    // "Fast shutdown": sessions are ended, the data is consistent on disk.
    stopSignal: 'SIGINT',
    stopTimeoutMs: 7_000,
  }
}

const ensureCluster = async (context: StackContext, signal?: AbortSignal): Promise<void> => {
  const cluster = clusterOf(context)
  if (existsSync(join(cluster, 'PG_VERSION'))) {
    const version = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim()
    if (version !== '17')
      throw new StackError(
        `${cluster} was made by Postgres ${version}, and this is Postgres 17. Use another --data folder, or remove that one.`,
      )
    return
  }
  // A cluster without a version was interrupted while it was made.
  rmSync(cluster, { recursive: true, force: true })
  mkdirSync(cluster, { recursive: true, mode: 0o700 })
  const { root, initdb } = findPostgres()
  const password = join(cluster + '.password')
  writeFileSync(password, context.secrets.postgresPassword, { mode: 0o600 })
  const args = [
    '-D',
    cluster,
    '-U',
    POSTGRES_USER,
    '--pwfile',
    password,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
    '--no-instructions',
  ]
  const initialise = asOtherUser(initdb, args, [root, cluster])
  if (initialise.user) for (const path of [cluster, password]) chownSync(path, initialise.user.uid, initialise.user.gid)
  try {
    const { code, output } = await run(initialise.command, initialise.args, {
      timeoutMs: 60_000,
      env: context.mark,
      ...(initialise.user ? { user: initialise.user } : {}),
      ...(signal ? { signal } : {}),
    })
    signal?.throwIfAborted()
    if (code !== 0) throw new StackError(`Postgres' initdb failed:\n  ${output.trim().split('\n').join('\n  ')}`)
  } catch (error) {
    rmSync(cluster, { recursive: true, force: true })
    throw error
  } finally {
    rmSync(password, { force: true })
  }
  chmodSync(cluster, 0o700)
}
