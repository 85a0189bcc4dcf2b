import type { FactContract } from './define.ts'
import { AlertCleared, AlertRaised, FACTS, MentionHarvested, SETTLING_FACTS } from './facts.ts'

/** A durable queue of facts: which ones it takes, and whether each broker shard has its own. */
export interface FactQueue {
  readonly queue: string
  readonly sharded: boolean
  readonly facts: readonly FactContract[]
}

export const RECORDED_FACTS: readonly FactContract[] = FACTS.filter((fact) => fact.recorded)

/** Every durable queue that is bound to `surepost.facts`. */
export const FACT_QUEUES = {
  persister: { queue: 'persister.facts', sharded: false, facts: RECORDED_FACTS },
  broker: { queue: 'broker.facts', sharded: true, facts: SETTLING_FACTS },
  /** What people are told by the webhook; taken without the database. */
  alerts: { queue: 'persister.alerts', sharded: false, facts: [AlertRaised, AlertCleared] },
  replier: { queue: 'replier.facts', sharded: false, facts: [MentionHarvested] },
} as const satisfies Record<string, FactQueue>

export const factQueueName = (queue: FactQueue, shard: number): string =>
  queue.sharded ? `${queue.queue}.${shard}` : queue.queue
