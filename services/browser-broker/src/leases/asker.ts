import type { LeaseAnswer } from '@surepost/shared/contracts'
import { messageOf } from '@surepost/shared/errors'
import { type Bus, UnroutableError } from '@surepost/shared/messaging'
import { pause } from '@surepost/shared/runtime'
import type { Logger } from 'pino'
import type { InLine } from './line.ts'

export interface AskerPorts {
  readonly bus: Pick<Bus, 'reply'>
  readonly log: Logger
}

type Asking = Pick<InLine, 'requestId' | 'account' | 'replyTo' | 'askerSeenAt'>

/** Who asked is taken to be there for so long after its last sign: then it is looked for before a slot is spent on it. */
const SEEN_MS = 2_000
/** The asker's queue dies with its connection, and is there again when it has connected anew: it has this long for that. */
const COME_BACK_MS = 5_000
const LOOK_AGAIN_MS = 500

/**
 * Whether whoever asked can still be answered: its queue takes a message that means nothing to it. So a request that its
 * asker's death, or a restart of RabbitMQ, left behind costs a message and not a browser. One that cannot be looked for
 * (RabbitMQ is away) counts as there.
 */
export const askerIsThere = async ({ bus, log }: AskerPorts, request: Asking): Promise<boolean> => {
  const { requestId, account, replyTo } = request
  if (Date.now() - request.askerSeenAt < SEEN_MS) return true
  const probe: LeaseAnswer = { answer: 'waiting', requestId }
  try {
    await bus.reply(replyTo, probe)
    request.askerSeenAt = Date.now()
  } catch (error) {
    if (error instanceof UnroutableError) return false
    log.warn({ requestId, account, err: messageOf(error) }, 'an asker could not be looked for')
  }
  return true
}

/** The same, with patience. @param signal aborted when it does not matter any more */
export const askerComes = async (ports: AskerPorts, request: Asking, signal: AbortSignal): Promise<boolean> => {
  const deadline = Date.now() + COME_BACK_MS
  while (!(await askerIsThere(ports, request)))
    if (Date.now() >= deadline || !(await pause(LOOK_AGAIN_MS, signal))) return false
  return true
}
