import type { Logger } from 'pino'
import type { Domain, Rung } from '../contracts/index.ts'
import { UnavailableError, messageOf } from '../errors/index.ts'
import { pause } from '../runtime/deadline.ts'
import type { DeadLetterAlerts } from './alerts.ts'
import { type Decision, type Standing, decide } from './decide.ts'
import {
  HEADER,
  type Headers,
  attemptOf,
  copyProperties,
  headersOf,
  jsonBytes,
  properties,
  sentAtOf,
} from './envelope.ts'
import { UnroutableError } from './errors.ts'
import type { BusMetrics } from './metrics.ts'
import type { Outgoing } from './pending.ts'
import type { Publisher } from './publisher.ts'
import type { Taken } from './subscription.ts'
import { WORK_EXCHANGE, deadQueue, rungName } from './topology.ts'
import type { Outcome } from './types.ts'

/** What the settling of one queue's messages needs. */
export interface Settling {
  readonly queue: string
  readonly domain: Domain
  readonly service: string
  readonly publisher: Publisher
  readonly alerts: DeadLetterAlerts
  readonly metrics: BusMetrics
  readonly log: Logger
}

/** Headers that a dead letter carries beside its own. */
export const DEAD = {
  reason: 'dead-reason',
  stack: 'dead-stack',
  queue: 'dead-queue',
  at: 'dead-at',
  firstSeen: 'dead-first-seen',
} as const

const MOST_REASON = 2_000
const MOST_STACK = 4_000
/** Between two tries to place a copy while RabbitMQ does not take it. */
const AGAIN_MS = 1_000

/**
 * Carry out an outcome. The ack comes last: whatever fails before it brings the message back. An outcome that cannot be
 * carried out (an answer that is no JSON, a snooze until an invalid date) is a bug of the handler: the message is parked.
 */
export const settleOutcome = async (
  settling: Settling,
  taken: Taken,
  outcome: Outcome,
  standing: Standing,
): Promise<void> => {
  try {
    await settle(settling, taken, decide(outcome, standing))
  } catch (error) {
    await bury(settling, taken, `what its handler returned cannot be carried out: ${messageOf(error)}`, error)
  }
}

const settle = async (settling: Settling, taken: Taken, decision: Decision): Promise<void> => {
  switch (decision.do) {
    case 'ack':
      return taken.ack()
    case 'answer':
      return reply(settling, taken, decision.body)
    case 'delay':
      return delay(settling, taken, decision.rung, {
        [HEADER.attempt]: decision.attempt,
        [HEADER.notBefore]: decision.notBefore?.toISOString(),
      })
    case 'bury':
      return bury(settling, taken, decision.reason, decision.cause)
  }
}

/** A confirmed copy to a rung, with some headers changed, then the ack. On expiry the rung sends it back to this queue. */
export const delay = async (settling: Settling, taken: Taken, rung: Rung, headers: Headers = {}): Promise<void> => {
  const copy = {
    exchange: rungName(settling.domain, rung),
    routingKey: settling.queue,
    content: taken.message.content,
    properties: copyProperties(taken.message, headers),
  }
  if (await place(settling, taken, copy)) taken.ack()
}

/** To the dead queue with the original bytes and the reason, an alert, then the ack. */
export const bury = async (settling: Settling, taken: Taken, reason: string, cause?: unknown): Promise<void> => {
  const { queue, alerts, metrics, log } = settling
  const { message } = taken
  const headers = {
    [HEADER.attempt]: attemptOf(message),
    [HEADER.notBefore]: undefined,
    [DEAD.reason]: reason.slice(0, MOST_REASON),
    [DEAD.stack]: cause === undefined ? undefined : stackOf(cause),
    [DEAD.queue]: queue,
    [DEAD.at]: new Date().toISOString(),
    [DEAD.firstSeen]: headersOf(message)[DEAD.firstSeen] ?? sentAtOf(message)?.toISOString(),
  }
  const copy = {
    exchange: WORK_EXCHANGE,
    routingKey: deadQueue(queue),
    content: message.content,
    properties: copyProperties(message, headers),
  }
  // Properties that cannot be encoded again are left behind; the bytes and the reason are not.
  const bare = { ...copy, properties: copyProperties({ properties: { ...message.properties, headers: {} } }, headers) }
  if (!(await place(settling, taken, copy).catch(() => place(settling, taken, bare)))) return
  metrics.dead.inc({ queue })
  log.error(
    { queue, id: copy.properties.messageId, type: copy.properties.type, reason },
    'a message was parked in its dead queue',
  )
  await alerts.raise(queue, reason)
  taken.ack()
}

const stackOf = (cause: unknown): string =>
  (cause instanceof Error ? (cause.stack ?? cause.message) : messageOf(cause)).slice(0, MOST_STACK)

const reply = async (settling: Settling, taken: Taken, body: unknown): Promise<void> => {
  const { replyTo, correlationId, messageId } = taken.message.properties
  if (typeof replyTo !== 'string' || replyTo === '') return taken.ack()
  const envelope = { correlationId: String(correlationId ?? messageId) }
  const copy = {
    exchange: '',
    routingKey: replyTo,
    content: jsonBytes(body),
    properties: properties(settling.service, ANSWER, envelope),
  }
  if (await place(settling, taken, copy)) taken.ack()
}

/** The type of a message to an asker's own queue. */
export const ANSWER = 'answer'

/**
 * Publish a copy until it is confirmed. The message stays in hand meanwhile, so a broker that takes nothing is felt as
 * back-pressure and no work is lost.
 * @returns false when the channel was lost first: the broker redelivers the message
 * @throws whatever says that the copy can never be published
 */
const place = async ({ publisher, log, queue }: Settling, taken: Taken, copy: Outgoing): Promise<boolean> => {
  while (!taken.lost.aborted) {
    try {
      await publisher.publish(copy, taken.lost)
      return true
    } catch (error) {
      if (taken.lost.aborted) return false
      if (error instanceof UnroutableError && copy.exchange === '') {
        log.warn({ queue, id: taken.message.properties.messageId }, 'the asker is gone: its answer was dropped')
        return true
      }
      if (!(error instanceof UnavailableError || error instanceof UnroutableError)) throw error
      log.warn({ queue, err: error }, 'a copy was not confirmed; it is tried again')
      await pause(AGAIN_MS, taken.lost)
    }
  }
  return false
}
