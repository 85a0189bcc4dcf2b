import { type Condition, lasting } from '@surepost/shared/alerts'
import { ALERTS } from '@surepost/shared/contracts'
import type { Bus } from '@surepost/shared/messaging'
import { gauge } from '@surepost/shared/runtime'
import type { Outage } from '../handlers/outage.ts'
import type { Pressure } from '../handlers/pressure.ts'
import type { QueueAge } from '../handlers/queue-age.ts'
import type { LiveWatch } from '../handlers/live.ts'

/** A shorter outage raises no alert. */
const OUTAGE_MS = 10_000
const BLOCKED_MS = 5_000
/** A broker says how full it is every 5 s. */
const SILENT_MS = 30_000
/** Looks in a row at which a long queue was longer than before. */
const GREW = 4
const FAILED_DELIVERIES = 3

const seconds = (ms: number): number => Math.round(ms / 1_000)

export const databaseAway = (outage: Outage): Condition => {
  const gauged = gauge('surepost_record_outage_seconds', 'Since when facts cannot be recorded; 0 while they can.')
  return {
    kind: ALERTS.databaseAway,
    what() {
      const trouble = outage.lasting()
      gauged.set((trouble?.ms ?? 0) / 1_000)
      if (trouble === undefined || trouble.ms < OUTAGE_MS) return undefined
      return `The database cannot be used (${trouble.cause.slice(0, 500)}).`
    },
  }
}

/**
 * Facts wait for long, whatever the reason. One look is not enough: a dead letter that is replayed is old as well, and
 * recorded at once.
 */
export const recordQueueOld = (age: QueueAge, oldMs: number): Condition => {
  const gauged = gauge('surepost_record_queue_age_seconds', 'How long the oldest fact in hand waits to be recorded.')
  let looks = 0
  return {
    kind: ALERTS.recordQueueOld,
    what() {
      const oldest = age.oldest()
      gauged.set(oldest / 1_000)
      looks = oldest < oldMs ? 0 : looks + 1
      if (looks < 2) return undefined
      return `Facts wait for ${seconds(oldest)} s to be recorded: the database does not know yet what happened since.`
    },
  }
}

/** @param depth facts that wait, as last seen; undefined when it is not known */
export const recordQueueGrowing = (depth: () => number | undefined, long: number): Condition => {
  const gauged = gauge('surepost_record_queue_messages', 'Facts that wait in their queue to be recorded.')
  let before = 0
  let grew = 0
  let raised = false
  return {
    kind: ALERTS.recordQueueGrowing,
    what() {
      const now = depth()
      if (now === undefined) return undefined
      gauged.set(now)
      // The same again says nothing: depths are read less often than they are looked at.
      if (now <= long || now < before) grew = 0
      else if (now > before) grew += 1
      before = now
      // Once raised it stands until the queue is short again.
      raised = now > long && (raised || grew >= GREW)
      return raised ? `${now} facts wait to be recorded, and there were more at every look.` : undefined
    },
  }
}

export const liveUnrecorded = (live: Pick<LiveWatch, 'late'>, oldMs: number): Condition => {
  const gauged = gauge(
    'surepost_live_unrecorded',
    'Live segments that are not known to be recorded although it is time.',
  )
  return {
    kind: ALERTS.liveUnrecorded,
    what() {
      const count = live.late()
      gauged.set(count)
      if (count === 0) return undefined
      return `${count} posts went live more than ${seconds(oldMs)} s ago and are not recorded.`
    },
  }
}

export const rabbitmqTrouble = (bus: Pick<Bus, 'trouble'>): readonly Condition[] => {
  const of = (kind: 'away' | 'blocked'): string | undefined => {
    const trouble = bus.trouble()
    return trouble?.kind === kind ? trouble.reason : undefined
  }
  return [
    { kind: ALERTS.rabbitmqBlocked, what: lasting(BLOCKED_MS, () => of('blocked')) },
    { kind: ALERTS.rabbitmqAway, what: lasting(OUTAGE_MS, () => of('away')) },
  ]
}

/** A shard whose broker is silent: no budget can be verified, so nothing of its accounts goes out. */
export const limitsClosed = (pressure: Pick<Pressure, 'silentMs'>, shards: number): readonly Condition[] => {
  const gauged = gauge('surepost_broker_silent_seconds', 'Since when a browser-broker has said nothing.', ['shard'])
  return Array.from({ length: shards }, (_, shard) => ({
    kind: ALERTS.limitsClosed,
    subject: String(shard),
    what() {
      const ms = pressure.silentMs(shard)
      gauged.set({ shard: String(shard) }, ms / 1_000)
      if (ms < SILENT_MS) return undefined
      return `The browser-broker of shard ${shard} has said nothing for ${seconds(ms)} s: no budget of its accounts can be verified, so nothing of them is published.`
    },
  }))
}

export const webhookFailing = (failures: () => number): Condition => {
  const gauged = gauge('surepost_alert_delivery_failures', 'Deliveries to the webhook that failed in a row.')
  return {
    kind: ALERTS.webhookFailing,
    what() {
      gauged.set(failures())
      if (failures() < FAILED_DELIVERIES) return undefined
      return `Alerts could not be delivered to the webhook ${failures()} times in a row.`
    },
  }
}
