import { type FactContract, type InputOf, LeaseMoved, LeaseRefused } from '@surepost/shared/contracts'
import { messageOf } from '@surepost/shared/errors'
import type { Bus } from '@surepost/shared/messaging'
import { counter } from '@surepost/shared/runtime'
import type { Logger } from 'pino'
import type { LeaseMove } from './lease.ts'

type Refused = Omit<InputOf<typeof LeaseRefused>, 'at' | 'shard' | 'retryAt'> & { readonly retryAt: number }

/** Where leases and refusals are told as they happen. Neither throws nor waits: no lease depends on who listens. */
export interface LeaseEvents {
  readonly moved: (move: LeaseMove) => void
  readonly refused: (refusal: Refused) => void
}

/** What was not told by then is of no use to a live view. */
const TELL_MS = 5_000
/** Events that wait for RabbitMQ's confirm. */
export const MOST_UNDER_WAY = 200

const dropped = counter('surepost_lease_events_dropped_total', 'Events of leases that could not be told, by type.', [
  'type',
])

/** Tell them as facts of live views, as long as RabbitMQ takes them; what it does not take is dropped and counted. */
export const openEvents = (bus: Pick<Bus, 'emit' | 'trouble'>, shard: number, log: Logger): LeaseEvents => {
  let underWay = 0
  const tell = async <C extends FactContract>(contract: C, body: InputOf<C>): Promise<void> => {
    const { type } = contract
    // What cannot leave now would stand in line before messages that matter.
    if (underWay >= MOST_UNDER_WAY || bus.trouble() !== undefined) return dropped.inc({ type })
    underWay += 1
    try {
      await bus.emit(contract, body, { signal: AbortSignal.timeout(TELL_MS) })
    } catch (error) {
      dropped.inc({ type })
      log.debug({ type, err: messageOf(error) }, 'an event of a lease was not told')
    } finally {
      underWay -= 1
    }
  }
  const now = (): string => new Date().toISOString()
  return {
    moved: (move) => void tell(LeaseMoved, { at: now(), shard, ...move }),
    refused: ({ retryAt, ...refusal }) =>
      void tell(LeaseRefused, { at: now(), shard, ...refusal, retryAt: new Date(retryAt).toISOString() }),
  }
}
