import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { StackError } from '../errors.ts'
import { answersOnTcp } from '../process/tcp.ts'
import { answers } from '../process/wait.ts'
import type { ProcessSpec } from '../process/managed.ts'
import { findEpmd, findRabbitmqServer } from '../system/find.ts'
import type { Dependency, StackContext } from './dependency.ts'
import { run, type RunResult } from '../system/run.ts'
import { managementAuth, RABBITMQ_USER, RABBITMQ_VHOST } from './rabbitmq-access.ts'
import { supervise } from './supervised.ts'

/**
 * The system's RabbitMQ as a node of our own: name, cookie, port mapper (epmd), ports, folders and plugins are this
 * stack's, on loopback only; the system's broker and its files are never touched.
 */
export const rabbitmq = (context: StackContext): Dependency => {
  const epmd = supervise(context, {
    spec: () => epmdSpec(context),
    ready: answersOnTcp(context.ports.epmd),
    readyTimeoutMs: 10_000,
  })
  const server = supervise(context, {
    spec: () => serverSpec(context),
    ready: answers(
      `http://127.0.0.1:${context.ports.rabbitmqManagement}/api/health/checks/port-listener/${context.ports.amqp}`,
      managementAuth(context),
    ),
    readyTimeoutMs: 240_000,
  })
  return {
    name: 'rabbitmq',
    get running() {
      return server.process !== undefined
    },
    processes: () => [epmd.process, server.process].filter((found) => found !== undefined),
    start: async (signal) => {
      await epmd.start(signal)
      await server.start(signal)
    },
    stop: async (options) => {
      await server.stop(options)
      await epmd.stop(options)
    },
    control: (args) => rabbitmqctl(context, args),
  }
}

const rabbitmqctl = async (context: StackContext, args: readonly string[]): Promise<RunResult> => {
  const home = homeOf(context)
  return run(join(dirname(findRabbitmqServer() ?? ''), 'rabbitmqctl'), args, {
    timeoutMs: 30_000,
    env: {
      ...epmdEnv(context),
      HOME: home,
      RABBITMQ_NODENAME: nodeName(context),
      RABBITMQ_CONF_ENV_FILE: join(home, 'rabbitmq-env.conf'),
    },
  })
}

const nodeName = ({ id }: StackContext): string => `surepost-${id}@localhost`

const homeOf = ({ dataDir }: StackContext): string => join(dataDir, 'rabbitmq')

const epmdEnv = ({ ports }: StackContext): Record<string, string> => ({
  ERL_EPMD_PORT: String(ports.epmd),
  ERL_EPMD_ADDRESS: '127.0.0.1',
})

// Run in the foreground as our child: Erlang would otherwise start one as a daemon that outlives the stack.
const epmdSpec = (context: StackContext): ProcessSpec => {
  mkdirSync(homeOf(context), { recursive: true, mode: 0o700 })
  return {
    name: 'epmd',
    command: findEpmd(),
    args: ['-port', String(context.ports.epmd), '-address', '127.0.0.1'],
    env: epmdEnv(context),
    cwd: homeOf(context),
    logFile: join(context.logDir, 'epmd.log'),
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 2_000,
  }
}

const serverSpec = (context: StackContext): ProcessSpec => {
  const server = findRabbitmqServer()
  if (server === undefined) throw new StackError('RabbitMQ was not found.')
  const home = homeOf(context)
  writeFiles(context)
  return {
    name: 'rabbitmq',
    command: server,
    args: [],
    env: {
      ...epmdEnv(context),
      HOME: home,
      RABBITMQ_NODENAME: nodeName(context),
      RABBITMQ_CONFIG_FILE: join(home, 'rabbitmq.conf'),
      RABBITMQ_ADVANCED_CONFIG_FILE: join(home, 'advanced.config'),
      // Named, so that the system's /etc/rabbitmq/rabbitmq-env.conf is not read.
      RABBITMQ_CONF_ENV_FILE: join(home, 'rabbitmq-env.conf'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(home, 'enabled_plugins'),
      RABBITMQ_MNESIA_BASE: join(home, 'mnesia'),
      RABBITMQ_LOG_BASE: join(home, 'log'),
      RABBITMQ_GENERATED_CONFIG_DIR: join(home, 'generated'),
      RABBITMQ_PID_FILE: join(home, 'rabbitmq.pid'),
      RABBITMQ_DIST_PORT: String(context.ports.rabbitmqDistribution),
      // Without an end to it the management plugin's shutdown takes 5 s more, long after all data is on disk (3.10.8, measured).
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
        '-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false -shutdown_time 2500',
      // Makes the start script exec Erlang instead of staying in between.
      RUNNING_UNDER_SYSTEMD: 'true',
    },
    cwd: home,
    logFile: join(context.logDir, 'rabbitmq.log'),
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 8_000,
  }
}

const writeFiles = (context: StackContext): void => {
  const { ports, secrets } = context
  const home = homeOf(context)
  for (const folder of ['mnesia', 'log', 'generated']) mkdirSync(join(home, folder), { recursive: true, mode: 0o700 })
  const cookie = join(home, '.erlang.cookie')
  // Erlang refuses a cookie file that others may read.
  if (!existsSync(cookie)) writeFileSync(cookie, secrets.erlangCookie, { mode: 0o400 })
  writeFileSync(join(home, 'enabled_plugins'), '[rabbitmq_management,rabbitmq_prometheus].\n')
  writeFileSync(join(home, 'rabbitmq-env.conf'), '')
  const settings = {
    'listeners.tcp.1': `127.0.0.1:${ports.amqp}`,
    'management.tcp.ip': '127.0.0.1',
    'management.tcp.port': ports.rabbitmqManagement,
    'prometheus.tcp.ip': '127.0.0.1',
    'prometheus.tcp.port': ports.rabbitmqPrometheus,
    default_user: RABBITMQ_USER,
    default_pass: secrets.rabbitmqPassword,
    default_vhost: RABBITMQ_VHOST,
    'log.file': 'rabbitmq.log',
    'log.console': 'false',
    // Counts in the management API are at most a second old (5 s by default).
    collect_statistics_interval: 1_000,
  }
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`)
  writeFileSync(join(home, 'rabbitmq.conf'), lines.join(''), { mode: 0o600 })
}
