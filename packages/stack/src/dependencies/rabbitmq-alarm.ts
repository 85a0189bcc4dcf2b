import { StackError } from '../errors.ts'
import type { Dependency } from './dependency.ts'

/** RabbitMQ's own default: an alarm at this part of the machine's memory. At 0 it is raised at once, whatever is used. */
const USUAL_WATERMARK = '0.4'

/**
 * Raise or clear the memory alarm of the running broker by its own tool: while it is raised publishers are blocked and
 * consumers are not (https://www.rabbitmq.com/docs/memory).
 * @throws StackError with what the tool said
 */
export const setMemoryAlarm = async (rabbitmq: Dependency, on: boolean): Promise<void> => {
  const args = ['set_vm_memory_high_watermark', on ? '0' : USUAL_WATERMARK]
  const result = await rabbitmq.control?.(args)
  if (result?.code !== 0) throw new StackError(`rabbitmqctl ${args.join(' ')} failed: ${result?.output.trim() ?? ''}`)
}
