import { type QueueSpec, WORK_EXCHANGE, deadQueue, topology } from './topology.ts'

type Definition = Readonly<Record<string, string | number>>

/** A RabbitMQ policy in the form of a definitions file. Valid on 3.10 (`apply-to: queues` only) and on 4.x. */
export interface Policy {
  readonly name: string
  readonly vhost: string
  readonly pattern: string
  readonly 'apply-to': 'queues'
  readonly priority: number
  readonly definition: Definition
}

/** How often a message may come back unacked before the broker itself parks it: it kills its consumers. */
export const DELIVERY_LIMIT = 20
/** Looking into a dead queue hands its messages back every time; 4.x would drop them after its default of 20. -1 dead-letters at once on 3.10. */
const NO_LIMIT = 1_000_000_000

// At-least-once dead-lettering needs all three: the strategy, reject-publish and an exchange. Without one of them it is silently at most once.
const surely = {
  'dead-letter-exchange': WORK_EXCHANGE,
  'dead-letter-strategy': 'at-least-once',
  overflow: 'reject-publish',
} as const

/** What must be in force on one queue. */
export const definitionOf = (queue: QueueSpec): Definition => {
  switch (queue.role) {
    case 'work':
      return { ...surely, 'dead-letter-routing-key': deadQueue(queue.name), 'delivery-limit': DELIVERY_LIMIT }
    case 'rung':
      return { ...surely, 'message-ttl': queue.ttlMs }
    case 'dead':
      return { overflow: 'reject-publish', 'delivery-limit': NO_LIMIT }
    case 'value':
      return { 'max-length': 1, overflow: 'drop-head', 'delivery-limit': NO_LIMIT }
  }
}

const literal = (name: string): string => `^${name.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}$`

/** First priority of ours; room is left below for an operator's catch-all. */
const FIRST_PRIORITY = 1_000

/**
 * One literal policy per durable queue, each with a priority of its own, since at most one policy matches a queue.
 * Everything is a policy and nothing a queue argument: arguments win over policies and cannot be changed later.
 */
export const policies = (vhost: string, shards: number): readonly Policy[] =>
  topology(shards).queues.map((queue, index) => ({
    name: queue.name,
    vhost,
    pattern: literal(queue.name),
    'apply-to': 'queues',
    priority: FIRST_PRIORITY + index,
    definition: definitionOf(queue),
  }))

/** A definitions file for `load_definitions` or `POST /api/definitions`. The vhost must exist. */
export const definitions = (vhost: string, shards: number): { readonly policies: readonly Policy[] } => ({
  policies: policies(vhost, shards),
})
