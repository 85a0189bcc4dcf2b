import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProcessSpec } from '../process/managed.ts'
import { answers } from '../process/wait.ts'
import { dockerAnswers, removeContainer } from '../system/docker.ts'
import { run } from '../system/run.ts'
import { StackError } from '../errors.ts'
import type { Dependency, StackContext } from './dependency.ts'
import { managementAuth, rabbitmqEnv } from './rabbitmq-access.ts'
import { supervise } from './supervised.ts'

const IMAGE = 'rabbitmq:4.2-management'

/** The name of a stack's container, by the stack's id. */
export const rabbitmqContainer = (id: string): string => `surepost-rabbitmq-${id}`

/**
 * RabbitMQ in Docker, for machines that have Docker and no RabbitMQ: same ports, same user, data in the data folder.
 * `docker run` stays in the foreground as our child and passes SIGTERM on to the broker.
 */
export const rabbitmqInDocker = (context: StackContext): Dependency => {
  const name = rabbitmqContainer(context.id)
  const server = supervise(context, {
    spec: async () => {
      if (!(await dockerAnswers()))
        throw new StackError(
          'RabbitMQ is not installed and Docker does not answer: install rabbitmq-server, or start Docker, and try again.',
        )
      await removeContainer(name)
      return containerSpec(context, name)
    },
    ready: answers(
      `http://127.0.0.1:${context.ports.rabbitmqManagement}/api/health/checks/port-listener/5672`,
      managementAuth(context),
    ),
    // The image may have to be fetched first.
    readyTimeoutMs: 300_000,
  })
  return {
    name: 'rabbitmq',
    get running() {
      return server.process !== undefined
    },
    processes: () => [server.process].filter((found) => found !== undefined),
    start: async (signal) => {
      await server.start(signal)
    },
    stop: async (options) => {
      // A kill of the client would leave the container running.
      if (options?.hard && server.process) await run('docker', ['kill', name], { timeoutMs: 10_000 })
      await server.stop(options)
      await removeContainer(name)
    },
  }
}

const containerSpec = (context: StackContext, name: string): ProcessSpec => {
  const home = join(context.dataDir, 'rabbitmq-docker')
  mkdirSync(join(home, 'data'), { recursive: true, mode: 0o700 })
  // Read by the broker's own user inside the container; holds nothing secret.
  writeFileSync(join(home, 'surepost.conf'), 'collect_statistics_interval = 1000\n', { mode: 0o644 })
  const { ports } = context
  const publish = [
    [ports.amqp, 5672],
    [ports.rabbitmqManagement, 15672],
    [ports.rabbitmqPrometheus, 15692],
  ].flatMap(([outside, inside]) => ['--publish', `127.0.0.1:${outside}:${inside}`])
  const uid = process.getuid?.() ?? 0
  const env = rabbitmqEnv(context)
  return {
    name: 'rabbitmq',
    command: 'docker',
    args: [
      'run',
      '--rm',
      '--name',
      name,
      // Part of the node's name, and so of the folder of its data.
      '--hostname',
      'surepost',
      ...publish,
      '--volume',
      `${join(home, 'data')}:/var/lib/rabbitmq`,
      '--volume',
      `${join(home, 'surepost.conf')}:/etc/rabbitmq/conf.d/20-surepost.conf:ro`,
      ...(uid === 0 ? [] : ['--user', `${uid}:${process.getgid?.() ?? uid}`]),
      // By name only: the values come from the client's environment and stand in no argument list.
      ...Object.keys(env).flatMap((variable) => ['--env', variable]),
      IMAGE,
    ],
    env,
    cwd: home,
    logFile: join(context.logDir, 'rabbitmq.log'),
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 12_000,
  }
}
