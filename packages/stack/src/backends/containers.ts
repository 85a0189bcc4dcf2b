import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { StartedNetwork, TestContainer } from 'testcontainers'
import type { Dependency, DependencyName, StackContext } from '../dependencies/dependency.ts'
import { gateway } from '../dependencies/gateway.ts'
import { POSTGRES_DATABASE, withDatabase } from '../dependencies/postgres.ts'
import { postgrestEnv } from '../dependencies/postgrest.ts'
import { managementAuth, rabbitmqEnv } from '../dependencies/rabbitmq-access.ts'
import { authenticatorUrl } from '../dependencies/supabase-roles.ts'
import { answers } from '../process/wait.ts'
import type { Backend, PostgrestTarget } from './backend.ts'
import { container, type Container } from './container.ts'

/** The versions that `SUREPOST_STACK=containers` tests against: what production runs. */
const IMAGES = {
  rabbitmq: 'rabbitmq:4.2-management',
  postgres: 'postgres:17',
  postgrest: 'postgrest/postgrest:v12.2.8',
} as const

// Images may have to be fetched first.
const START_TIMEOUT_MS = 300_000
const READY_TIMEOUT_MS = 180_000

const asDependency = (name: DependencyName, one: Container, more: Pick<Dependency, 'control'> = {}): Dependency => ({
  ...more,
  name,
  get running() {
    return one.running
  },
  // Containers are no processes of ours: testcontainers' reaper removes them when the supervisor is gone.
  processes: () => [],
  start: (signal) => one.start(signal),
  stop: (options) => one.stop(options),
  remove: () => one.remove(),
})

/** RabbitMQ in a container, for tests against the version of production and for machines that have none. */
const rabbitmqContainer = (context: StackContext, prepare: (one: TestContainer) => TestContainer): Dependency => {
  const { ports } = context
  const describe = async (): Promise<TestContainer> => {
    const { GenericContainer, Wait } = await import('testcontainers')
    const one = new GenericContainer(IMAGES.rabbitmq)
      .withEnvironment(rabbitmqEnv(context))
      // Part of the node's name, and so of the folder of its data.
      .withHostname('surepost')
      .withExposedPorts(
        { container: 5672, host: ports.amqp },
        { container: 15_672, host: ports.rabbitmqManagement },
        { container: 15_692, host: ports.rabbitmqPrometheus },
      )
      // Counts in the management API are at most a second old, as in the local stack.
      .withCopyContentToContainer([
        {
          content: 'collect_statistics_interval = 1000\n',
          target: '/etc/rabbitmq/conf.d/20-surepost.conf',
          mode: 0o644,
        },
      ])
      .withWaitStrategy(Wait.forListeningPorts())
      .withStartupTimeout(START_TIMEOUT_MS)
    return prepare(one)
  }
  const health = `http://127.0.0.1:${ports.rabbitmqManagement}/api/health/checks/port-listener/5672`
  const ready = answers(health, managementAuth(context))
  const one = container({ name: 'RabbitMQ', describe, ready, readyTimeoutMs: READY_TIMEOUT_MS })
  return asDependency('rabbitmq', one, { control: (args) => one.exec(['rabbitmqctl', ...args]) })
}

/** RabbitMQ of a local stack on a machine without one: its data is in the data folder, as the rest's. */
export const rabbitmqInDocker = (context: StackContext): Dependency =>
  rabbitmqContainer(context, (one) => {
    const source = join(context.dataDir, 'rabbitmq-docker')
    mkdirSync(source, { recursive: true, mode: 0o700 })
    const uid = process.getuid?.() ?? 0
    const kept = one.withBindMounts([{ source, target: '/var/lib/rabbitmq', mode: 'rw' }])
    // As root the image changes to a user of its own and makes the folder that user's.
    return uid === 0 ? kept : kept.withUser(`${uid}:${process.getgid?.() ?? uid}`)
  })

const postgresContainer = (context: StackContext, network: () => Promise<StartedNetwork>): Dependency => {
  const describe = async (): Promise<TestContainer> => {
    const { GenericContainer, Wait } = await import('testcontainers')
    return (
      new GenericContainer(IMAGES.postgres)
        .withEnvironment({ POSTGRES_PASSWORD: context.secrets.postgresPassword })
        .withCommand(['postgres', '-c', 'max_connections=300', '-c', 'fsync=off'])
        .withNetwork(await network())
        .withNetworkAliases('postgres')
        .withExposedPorts({ container: 5432, host: context.ports.postgres })
        // By TCP: the server that only makes the cluster listens on its socket alone. What is logged is the image's own affair.
        .withWaitStrategy(Wait.forListeningPorts())
        .withStartupTimeout(START_TIMEOUT_MS)
    )
  }
  const ready = (): Promise<boolean> =>
    withDatabase(context, POSTGRES_DATABASE, async (client) => (await client.query('select 1')).rowCount === 1)
  return asDependency('postgres', container({ name: 'Postgres', describe, ready, readyTimeoutMs: READY_TIMEOUT_MS }))
}

const postgrestContainer = (
  context: StackContext,
  network: () => Promise<StartedNetwork>,
  target: PostgrestTarget,
): Container =>
  container({
    name: target.name,
    describe: async () => {
      const { GenericContainer, Wait } = await import('testcontainers')
      const inside = { host: '0.0.0.0', port: 3000, adminPort: 3001 }
      const uri = authenticatorUrl(context, target.database, { host: 'postgres', port: 5432 })
      return new GenericContainer(IMAGES.postgrest)
        .withEnvironment(postgrestEnv(context, { ...inside, uri, pool: target.pool }))
        .withNetwork(await network())
        .withExposedPorts(
          { container: inside.port, host: target.port },
          { container: inside.adminPort, host: target.adminPort },
        )
        .withWaitStrategy(Wait.forHttp('/ready', inside.adminPort))
        .withStartupTimeout(START_TIMEOUT_MS)
    },
    ready: answers(`http://127.0.0.1:${target.adminPort}/ready`),
    readyTimeoutMs: READY_TIMEOUT_MS,
  })

/** RabbitMQ, Postgres and PostgREST from their images, by testcontainers; the gateway stays ours. */
export const containerBackend = (): Backend => {
  let joined: Promise<StartedNetwork> | undefined
  const network = (): Promise<StartedNetwork> =>
    (joined ??= import('testcontainers').then(({ Network }) => new Network().start()))
  return {
    remove: async () => {
      await (await joined)?.stop()
    },
    dependencies: (context) => ({
      postgres: postgresContainer(context, network),
      rabbitmq: rabbitmqContainer(context, (one) => one),
      postgrest: asDependency(
        'postgrest',
        postgrestContainer(context, network, {
          name: 'postgrest',
          database: POSTGRES_DATABASE,
          port: context.ports.postgrest,
          adminPort: context.ports.postgrestAdmin,
          pool: 20,
        }),
      ),
      gateway: gateway(context),
    }),
    postgrest: (context, target) => {
      const one = postgrestContainer(context, network, target)
      return {
        start: (signal) => one.start(signal),
        stop: async () => {
          await one.stop({ hard: true })
          await one.remove()
        },
      }
    },
  }
}

/** True when Docker (or what takes its place) answers. */
export const containersAnswer = async (): Promise<boolean> => {
  const { getContainerRuntimeClient } = await import('testcontainers')
  return getContainerRuntimeClient().then(
    () => true,
    () => false,
  )
}
