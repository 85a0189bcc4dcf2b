import type { Word } from '@surepost/shared/alerts'
import { AlertCleared, AlertRaised, AlertsTold, alertKindOf } from '@surepost/shared/contracts'
import { messageOf } from '@surepost/shared/errors'
import {
  type Bus,
  type HandlerContext,
  type Outcome,
  type Route,
  done,
  handle,
  retry,
  snooze,
} from '@surepost/shared/messaging'
import { type Scope, counter } from '@surepost/shared/runtime'
import { type Told, decideTelling, mergeTold } from './telling.ts'
import type { Webhook } from './webhook.ts'

export interface DeliverPorts {
  readonly bus: Pick<Bus, 'keep' | 'kept'>
  /** Undefined: nobody is told, and alerts are shown only. */
  readonly webhook: Webhook | undefined
  readonly log: Scope['log']
}

export interface Delivery {
  /** For the queue of alerts; handle one at a time. */
  readonly routes: readonly Route[]
  /** Tell past RabbitMQ, at once. */
  readonly tell: (word: Word, signal: AbortSignal) => Promise<void>
  /** Deliveries that failed in a row. */
  readonly failures: () => number
}

/** What could not be delivered for so long is delivered no more: it stands in the record. */
const LONGEST_MS = 24 * 60 * 60_000
const AGAIN_MS = 60 * 60_000
const CALL_MS = 10_000

/**
 * Tells people of alerts by the webhook, by way of RabbitMQ and without the database. What was told is kept in a queue of
 * one place, so that another replica, or this one after a restart, does not tell it again.
 */
export const createDelivery = ({ bus, webhook, log }: DeliverPorts): Delivery => {
  const sent = counter('surepost_alerts_delivered_total', 'Words about alerts, by what became of them.', ['outcome'])
  let failures = 0
  let mine: readonly Told[] = []

  const tell = async (word: Word, signal: AbortSignal): Promise<void> => {
    if (webhook === undefined) return
    try {
      await webhook.tell(word, signal)
      failures = 0
      sent.inc({ outcome: 'delivered' })
    } catch (error) {
      if (signal.aborted) throw error
      failures += 1
      sent.inc({ outcome: 'failed' })
      log.warn({ alert: word.key, reason: messageOf(error) }, 'an alert could not be delivered')
      throw error
    }
  }

  const remembered = async (signal: AbortSignal): Promise<readonly Told[]> => {
    try {
      const kept = await bus.kept(AlertsTold, { signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]) })
      return mergeTold(mine, kept?.told ?? [])
    } catch (error) {
      signal.throwIfAborted()
      log.warn({ err: error }, 'what was told before cannot be read: an alert may be told twice')
      return mine
    }
  }

  const take = async (word: Word, last: boolean, { signal }: HandlerContext): Promise<Outcome> => {
    const kind = alertKindOf(word.key)
    if (webhook === undefined || kind?.direct === true || kind?.untold === true) return done
    const before = await remembered(signal)
    const known = before.find(({ key }) => key === word.key)
    const decided = decideTelling(known, word)
    if (decided.tell) {
      try {
        await tell(word, signal)
      } catch (error) {
        if (!last) return retry(error)
        const old = Date.now() - Date.parse(word.at) > LONGEST_MS
        return old ? done : snooze(new Date(Date.now() + AGAIN_MS), messageOf(error))
      }
    }
    mine = mergeTold([decided.told], before)
    if (decided.told !== known) await bus.keep(AlertsTold, { told: [...mine] }, { signal })
    return done
  }

  return {
    routes: [
      handle(AlertRaised, ({ body, lastAttempt }, context) => take({ said: 'raised', ...body }, lastAttempt, context)),
      handle(AlertCleared, ({ body, lastAttempt }, context) =>
        take({ said: 'cleared', ...body }, lastAttempt, context),
      ),
    ],
    tell,
    failures: () => failures,
  }
}
