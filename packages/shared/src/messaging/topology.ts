import {
  COMMANDS,
  type CommandContract,
  type Domain,
  FACT_QUEUES,
  type FactQueue,
  LEASE_REQUESTS,
  RUNGS,
  type Rung,
  VALUES,
  factQueueName,
  queueName,
} from '../contracts/index.ts'

/** Facts, by type (topic). */
export const FACTS_EXCHANGE = 'surepost.facts'
/** Work, by the name of its queue (direct). Expired rungs and the delivery limit come back through it as well. */
export const WORK_EXCHANGE = 'surepost.work'

/** The exchange and the queue of one delay. */
export const rungName = (domain: Domain, rung: Rung): string => `surepost.delay.${domain}.${rung}`
export const deadQueue = (queue: string): string => `${queue}.dead`

const DOMAINS = ['commands', 'facts'] as const satisfies readonly Domain[]
export const RUNG_NAMES = Object.keys(RUNGS) as readonly Rung[]

interface ExchangeSpec {
  readonly name: string
  readonly type: 'direct' | 'topic' | 'fanout'
}

/**
 * `work` holds commands or facts, `rung` delays them for `ttlMs`, `dead` keeps what could not be handled, `value` holds the
 * last word about something.
 */
export type QueueSpec =
  | { readonly name: string; readonly role: 'work'; readonly domain: Domain }
  | { readonly name: string; readonly role: 'dead' | 'value' }
  | { readonly name: string; readonly role: 'rung'; readonly ttlMs: number }

interface BindingSpec {
  readonly queue: string
  readonly exchange: string
  readonly key: string
}

/** Everything durable that the services share, derived from the contracts. Every queue is a quorum queue. */
export interface Topology {
  readonly exchanges: readonly ExchangeSpec[]
  readonly queues: readonly QueueSpec[]
  readonly bindings: readonly BindingSpec[]
}

const range = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i)

const commandQueues = (shards: number): readonly string[] => {
  const contracts: readonly CommandContract[] = [...COMMANDS, ...Object.values(LEASE_REQUESTS)]
  const names = contracts.flatMap((c) => range(c.sharded ? shards : 1).map((shard) => queueName(c, shard)))
  return [...new Set(names)]
}

const factQueues = (shards: number): readonly (readonly [string, FactQueue])[] =>
  Object.values<FactQueue>(FACT_QUEUES).flatMap((q) =>
    range(q.sharded ? shards : 1).map((shard) => [factQueueName(q, shard), q] as const),
  )

/** @param shards number of broker shards, fixed at installation and the same for every service */
export const topology = (shards: number): Topology => {
  const facts = factQueues(shards)
  const work: readonly QueueSpec[] = [
    ...commandQueues(shards).map((name) => ({ name, role: 'work', domain: 'commands' }) as const),
    ...facts.map(([name]) => ({ name, role: 'work', domain: 'facts' }) as const),
  ]
  const values: readonly QueueSpec[] = VALUES.flatMap((value) =>
    range(value.sharded ? shards : 1).map((shard) => ({ name: queueName(value, shard), role: 'value' }) as const),
  )
  const dead: readonly QueueSpec[] = work.map(({ name }) => ({ name: deadQueue(name), role: 'dead' }))
  const rungs = DOMAINS.flatMap((domain) =>
    RUNG_NAMES.map((rung) => ({ name: rungName(domain, rung), role: 'rung', ttlMs: RUNGS[rung] }) as const),
  )
  return {
    exchanges: [
      { name: FACTS_EXCHANGE, type: 'topic' },
      { name: WORK_EXCHANGE, type: 'direct' },
      ...rungs.map(({ name }) => ({ name, type: 'fanout' }) as const),
    ],
    queues: [...work, ...dead, ...rungs, ...values],
    bindings: [
      ...[...work, ...dead, ...values].map(({ name }) => ({ queue: name, exchange: WORK_EXCHANGE, key: name })),
      ...rungs.map(({ name }) => ({ queue: name, exchange: name, key: '' })),
      ...facts.flatMap(([name, queue]) =>
        queue.facts.map((fact) => ({ queue: name, exchange: FACTS_EXCHANGE, key: fact.type })),
      ),
    ],
  }
}
