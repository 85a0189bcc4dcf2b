import { z } from 'zod'
import { isValueQueue } from '@surepost/shared/contracts'
import { ContractError } from '@surepost/shared/errors'
import type { QueueReading, Read } from '../ports.ts'
import { httpJson } from './http-json.ts'

const TIMEOUT_MS = 3_000
const Rate = z.object({ rate: z.number() }).optional()

/** One entry of `GET /api/queues/<vhost>` (RabbitMQ's management API); a queue without statistics yet has no figures. */
const ManagedQueue = z.object({
  name: z.string(),
  /** An asker's own queue, which comes and goes with its connection. */
  exclusive: z.boolean().default(false),
  messages_ready: z.int().default(0),
  messages_unacknowledged: z.int().default(0),
  consumers: z.int().default(0),
  message_stats: z.object({ publish_details: Rate, ack_details: Rate, ack: z.int().default(0) }).optional(),
})

const depthOf = (queue: z.output<typeof ManagedQueue>): QueueReading => ({
  name: queue.name,
  ready: queue.messages_ready,
  unacked: queue.messages_unacknowledged,
  consumers: queue.consumers,
  inRate: queue.message_stats?.publish_details?.rate ?? 0,
  outRate: queue.message_stats?.ack_details?.rate ?? 0,
  acked: queue.message_stats?.ack ?? 0,
})

const COLUMNS = [
  'name',
  'exclusive',
  'messages_ready',
  'messages_unacknowledged',
  'consumers',
  'message_stats.publish_details.rate',
  'message_stats.ack_details.rate',
  'message_stats.ack',
].join(',')

/**
 * @param managementUrl base URL with credentials
 * @param amqpUrl for the vhost, as AMQP URLs write it (an empty path is `/`)
 */
export const rabbitmqQueues = (managementUrl: string, amqpUrl: string) => {
  const base = new URL(managementUrl)
  const credentials = `${decodeURIComponent(base.username)}:${decodeURIComponent(base.password)}`
  base.username = base.password = ''
  if (!base.pathname.endsWith('/')) base.pathname += '/'
  const vhost = decodeURIComponent(new URL(amqpUrl).pathname.slice(1)) || '/'
  const url = new URL(`api/queues/${encodeURIComponent(vhost)}?columns=${COLUMNS}`, base)
  const headers = { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }
  const name = 'the RabbitMQ management API'
  return {
    async readings({ signal }: Read): Promise<QueueReading[]> {
      const { status, body } = await httpJson(name, url, { headers, timeoutMs: TIMEOUT_MS, signal })
      const parsed = z.array(ManagedQueue).safeParse(body)
      if (!parsed.success)
        throw new ContractError(`${name} answered with status ${status} and another shape than a list of queues.`)
      return parsed.data
        .filter((queue) => !queue.exclusive && !isValueQueue(queue.name))
        .map(depthOf)
        .toSorted((a, b) => a.name.localeCompare(b.name))
    },
  }
}
