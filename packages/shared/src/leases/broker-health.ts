import { LEASE_REQUESTS, queueName } from '../contracts/index.ts'
import type { Bus } from '../messaging/types.ts'

/**
 * A sentence for each shard whose browser-broker takes no requests: it is down, or waits for its ledger. While RabbitMQ is
 * away nobody can tell, and the bus says so itself.
 */
export const brokerTroubles = async (
  bus: Pick<Bus, 'takers' | 'trouble'>,
  shards: number,
): Promise<readonly string[]> => {
  if (bus.trouble() !== undefined) return []
  const queues = Array.from({ length: shards }, (_, shard) => queueName(LEASE_REQUESTS.act, shard))
  const takers = await bus.takers(queues)
  return takers.flatMap((count, shard) =>
    count > 0
      ? []
      : [`The browser-broker of shard ${shard} takes no requests for browsers: its accounts wait until it is there.`],
  )
}
