import { dirname, join } from 'node:path'
import { StackError } from '../errors.ts'
import { findRabbitmqServer } from '../system/find.ts'
import { run } from '../system/run.ts'
import type { StackContext } from './dependency.ts'
import { rabbitmqContainer } from './rabbitmq-docker.ts'

/** RabbitMQ's own default: an alarm at this part of the machine's memory. At 0 it is raised at once, whatever is used. */
const USUAL_WATERMARK = '0.4'

/**
 * Raise or clear the memory alarm of the running broker by its own tool: while it is raised publishers are blocked and
 * consumers are not (https://www.rabbitmq.com/docs/memory).
 * @throws StackError with what the tool said
 */
export const setMemoryAlarm = async (context: StackContext, on: boolean): Promise<void> => {
  const args = ['set_vm_memory_high_watermark', on ? '0' : USUAL_WATERMARK]
  const server = findRabbitmqServer()
  const result =
    server === undefined
      ? await run('docker', ['exec', rabbitmqContainer(context.id), 'rabbitmqctl', ...args], { timeoutMs: 30_000 })
      : await run(join(dirname(server), 'rabbitmqctl'), args, { timeoutMs: 30_000, env: environment(context) })
  if (result.code !== 0) throw new StackError(`rabbitmqctl ${args.join(' ')} failed: ${result.output.trim()}`)
}

const environment = ({ id, dataDir, ports }: StackContext): Readonly<Record<string, string>> => {
  const home = join(dataDir, 'rabbitmq')
  return {
    HOME: home,
    ERL_EPMD_PORT: String(ports.epmd),
    RABBITMQ_NODENAME: `surepost-${id}@localhost`,
    RABBITMQ_CONF_ENV_FILE: join(home, 'rabbitmq-env.conf'),
  }
}
