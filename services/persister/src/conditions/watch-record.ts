import { type Word, watchConditions } from '@surepost/shared/alerts'
import { FACT_QUEUES, factQueueName } from '@surepost/shared/contracts'
import type { Database } from '@surepost/shared/database'
import type { Bus } from '@surepost/shared/messaging'
import type { Scope } from '@surepost/shared/runtime'
import type { Depths } from '../handlers/asked.ts'
import type { LiveWatch } from '../handlers/live.ts'
import type { Outage } from '../handlers/outage.ts'
import type { Pressure } from '../handlers/pressure.ts'
import type { QueueAge } from '../handlers/queue-age.ts'
import {
  databaseAway,
  limitsClosed,
  liveUnrecorded,
  rabbitmqTrouble,
  recordQueueGrowing,
  recordQueueOld,
  webhookFailing,
} from './condition.ts'

export interface Watching {
  readonly bus: Pick<Bus, 'emit' | 'trouble'>
  readonly database: Pick<Database, 'read'>
  readonly outage: Outage
  readonly age: QueueAge
  readonly live: Pick<LiveWatch, 'late'>
  readonly depths: Pick<Depths, 'of'>
  readonly pressure: Pick<Pressure, 'silentMs'>
  readonly delivery: {
    readonly tell: (word: Word, signal: AbortSignal) => Promise<void>
    readonly failures: () => number
  }
  readonly log: Scope['log']
  readonly limits: {
    readonly shards: number
    readonly recordQueueOldMs: number
    readonly recordQueueLong: number
    readonly liveUnrecordedMs: number
  }
}

const EVERY_MS = 5_000
const CALL_MS = 10_000
const RECORD = factQueueName(FACT_QUEUES.persister, 0)

/** Watch what the persister can see by itself, the database's being away included. */
export const watchRecord = (watching: Watching): AsyncDisposable => {
  const { bus, database, outage, age, live, depths, pressure, delivery, log, limits } = watching
  const conditions = [
    databaseAway(outage),
    recordQueueOld(age, limits.recordQueueOldMs),
    recordQueueGrowing(() => depths.of(RECORD), limits.recordQueueLong),
    liveUnrecorded(live, limits.liveUnrecordedMs),
    ...rabbitmqTrouble(bus),
    ...limitsClosed(pressure, limits.shards),
    webhookFailing(delivery.failures),
  ]
  const wasRaised = async (key: string, signal: AbortSignal): Promise<boolean> => {
    const row = await database.read(
      'the alert of a condition',
      (client) => client.from('alerts').select('key').eq('key', key).eq('active', true).maybeSingle(),
      { signal, deadlineMs: CALL_MS },
    )
    return row !== null
  }
  const everyMs = Math.min(EVERY_MS, limits.recordQueueOldMs / 4, limits.liveUnrecordedMs / 2)
  return watchConditions(conditions, { bus, log, wasRaised, tell: delivery.tell }, { everyMs })
}
