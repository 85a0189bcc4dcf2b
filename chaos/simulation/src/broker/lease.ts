import type { AccountId, EndCause, LeaseAnswer, LeaseClass, LeaseState, WantedAction } from '@surepost/shared/contracts'
import type { Waiting } from '../../../../services/browser-broker/src/leases/table.ts'
import type { Millis } from '../agenda.ts'
import type { Reach } from '../platform/reach.ts'

/** A request for a lease, on its way or in line. */
export interface Ask extends Omit<Waiting, 'receivedAt'> {
  readonly account: AccountId
  readonly class: LeaseClass
  readonly action: WantedAction | undefined
  /** The answer reached the asker's own queue; @returns false when that is gone */
  readonly answer: (answer: Granted | Refused) => boolean
}

export interface Granted {
  readonly granted: true
  readonly lease: BrokerLease
}
export interface Refused {
  readonly granted: false
  readonly reason: Extract<LeaseAnswer, { answer: 'refused' }>['reason']
  readonly retryAt: Millis
  readonly detail: string
}

/** A lease as the broker holds it. */
export interface BrokerLease {
  readonly leaseId: string
  readonly account: AccountId
  readonly class: LeaseClass
  readonly action: WantedAction | undefined
  readonly grantedAt: Millis
  state: LeaseState
  expiresAt: Millis
  handle: string
  readonly reach: Reach
  /** Told when it is over; set by whoever claimed it. */
  onOver: ((cause: EndCause | 'crash') => void) | undefined
}
