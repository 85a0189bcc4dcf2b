import { type Registry, counter, gauge, histogram, registry as processRegistry } from '../runtime/metrics.ts'

/** What is counted of RabbitMQ traffic. */
export const busMetrics = (into: Registry = processRegistry) => ({
  published: counter(
    'surepost_messages_published_total',
    'Messages sent to RabbitMQ, repeats included.',
    ['type'],
    into,
  ),
  confirmed: counter('surepost_messages_confirmed_total', 'Messages that RabbitMQ confirmed.', ['type'], into),
  returned: counter('surepost_messages_returned_total', 'Messages that no queue took.', ['type'], into),
  unroutable: counter(
    'surepost_messages_unroutable_total',
    'Messages for our own exchanges that no queue took: the topology had a hole.',
    ['type'],
    into,
  ),
  blocked: gauge('surepost_rabbitmq_blocked', 'RabbitMQ takes no messages because of an alarm: 1.', [], into),
  away: gauge('surepost_rabbitmq_away', 'There is no connection to RabbitMQ: 1.', [], into),
  queueWait: histogram(
    'surepost_queue_wait_seconds',
    'From the sending of a message to its handler, waits on rungs included.',
    ['queue'],
    { buckets: [0.01, 0.05, 0.25, 1, 5, 15, 60, 300, 900, 3_600, 14_400], into },
  ),
  retries: counter('surepost_retries_total', 'Attempts that were spent, by queue and type.', ['queue', 'type'], into),
  nacked: counter('surepost_messages_nacked_total', 'Messages that a queue refused.', ['type'], into),
  consumed: counter(
    'surepost_messages_consumed_total',
    'Messages taken, by outcome.',
    ['queue', 'type', 'outcome'],
    into,
  ),
  dead: counter('surepost_messages_dead_total', 'Messages parked in a dead queue.', ['queue'], into),
  handling: histogram('surepost_message_handling_seconds', 'Time in the handler.', ['queue', 'type'], { into }),
  inFlight: gauge('surepost_messages_in_flight', 'Messages taken and not settled.', ['queue'], into),
  connections: counter(
    'surepost_amqp_connections_total',
    'Connections made; all but the first per role are reconnects.',
    ['role'],
    into,
  ),
})
export type BusMetrics = ReturnType<typeof busMetrics>

/** The counters of one message type, found by name once, since that costs more than counting. */
export const countersByType = ({ published, confirmed }: BusMetrics) => {
  const made = (type: string) => ({ published: published.labels({ type }), confirmed: confirmed.labels({ type }) })
  const known = new Map<string, ReturnType<typeof made>>()
  return (type: string): ReturnType<typeof made> => {
    const counters = known.get(type) ?? made(type)
    known.set(type, counters)
    return counters
  }
}
