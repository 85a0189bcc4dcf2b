import { FACT_QUEUES, factQueueName } from '@surepost/shared/contracts'
import type { Bus, Consumption } from '@surepost/shared/messaging'
import type { Logger } from 'pino'
import { controlRoutes } from '../handlers/control.ts'
import { settlingRoutes } from '../handlers/settling-facts.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Outbox } from '../ledger/outbox.ts'
import { openMarks } from './marks.ts'

export interface CatchUpPorts {
  readonly bus: Bus
  readonly ledger: Ledger
  readonly outbox: Pick<Outbox, 'told'>
  readonly shard: number
  readonly shards: number
  readonly log: Logger
  readonly signal: AbortSignal
}

/** Facts in hand at once; the ledger applies them in the order in which they came. */
const FACTS_PREFETCH = 50

/**
 * Before it grants anything a starting broker hears what was said while it was away: cancels, pauses and the kill switch
 * in its control queue (one at a time, in order), and the facts that settle actions.
 * @returns the two consumers, which go on
 */
export const catchUp = async (ports: CatchUpPorts): Promise<Consumption[]> => {
  const { bus, ledger, outbox, shard, shards, log, signal } = ports
  const marks = openMarks()
  const marked = (mark: string): void => marks.marked(mark)
  const control = await bus.consume(controlRoutes({ ledger, outbox, marked }), { prefetch: 1, shard })
  const routes = settlingRoutes({ ledger, shard, shards, log }, marked)
  const facts = await bus.consumeFacts(factQueueName(FACT_QUEUES.broker, shard), routes, { prefetch: FACTS_PREFETCH })
  await marks.drained(bus, shard, signal)
  return [control, facts]
}
