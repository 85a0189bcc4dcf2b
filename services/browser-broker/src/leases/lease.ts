import type { PlatformName } from '@surepost/shared/contracts'
import { counter } from '@surepost/shared/runtime'
import type { Browser } from '../browsers/browser.ts'
import type { Ticket } from './grant.ts'
import { type Held, LEASE_TRANSITIONS, type LeaseEvent, type LeaseState } from './table.ts'

/** A lease as the broker holds it: its row and what hangs on it. */
export interface LiveLease extends Omit<Held, 'state' | 'expiresAt'> {
  state: LeaseState
  expiresAt: number
  readonly fence: number
  readonly platform: PlatformName
  readonly handle: string
  readonly ticket: Ticket
  /** Undefined until the ledger has opened the lease. */
  browser: Promise<Browser> | undefined
  /** Resolves when the browser's side of the driver connection is closed; undefined when none was opened. */
  driver: Promise<void> | undefined
  /** Its holder released it as clean, and nothing that it began is unsettled: its browser may be kept. */
  clean: boolean
  /** Aborted when somebody who acts waits for its slot; its holder is told. */
  readonly yielding: AbortController
  /** Aborted with the cause when it ends: sockets and timers hang on it. */
  readonly ending: AbortController
  /** The session is handed out once. */
  sessionGiven: boolean
  /** Resolves when it is closed. */
  readonly closed: PromiseWithResolvers<void>
}

const transitions = counter('surepost_lease_transitions_total', 'Transitions of leases, by class, event and state.', [
  'class',
  'event',
  'state',
])

/** Move a lease along the table of states. @returns false where the table has no such transition */
export const move = (lease: LiveLease, event: LeaseEvent): boolean => {
  const next = LEASE_TRANSITIONS[lease.state][event]
  if (next === undefined) return false
  lease.state = next
  transitions.inc({ class: lease.class, event, state: next })
  return true
}

export const heldOf = ({ leaseId, account, class: leaseClass, state, grantedAt, expiresAt }: LiveLease): Held[] =>
  state === 'closed' ? [] : [{ leaseId, account, class: leaseClass, state, grantedAt, expiresAt }]
