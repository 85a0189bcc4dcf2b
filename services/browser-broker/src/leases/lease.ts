import { type EndCause, type LeaseEvent, type LeaseState, type PlatformName, newId } from '@surepost/shared/contracts'
import { counter } from '@surepost/shared/runtime'
import type { Browser } from '../browsers/browser.ts'
import { type Ticket, newTicket } from './grant.ts'
import { type Held, LEASE_TRANSITIONS, type Waiting } from './table.ts'

/** A lease as the broker holds it: its row and what hangs on it. */
export interface LiveLease extends Omit<Held, 'state' | 'expiresAt'> {
  state: LeaseState
  /** Why it ended; the first cause stands. */
  cause: EndCause | null
  expiresAt: number
  /** How long its request stood in line, in milliseconds. */
  readonly waitedMs: number
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
  /** Told of each of its transitions; neither throws nor waits. */
  readonly onMoved: (move: LeaseMove) => void
}

/** One transition of a lease, as whoever listens is told of it. */
export interface LeaseMove extends Pick<LiveLease, 'leaseId' | 'account' | 'class' | 'state' | 'cause' | 'waitedMs'> {
  readonly event: LeaseEvent
  readonly ageMs: number
}

const transitions = counter('surepost_lease_transitions_total', 'Transitions of leases, by class, event and state.', [
  'class',
  'event',
  'state',
])

const tell = (lease: LiveLease, event: LeaseEvent): void => {
  const { leaseId, account, class: leaseClass, state, cause, waitedMs, grantedAt } = lease
  transitions.inc({ class: leaseClass, event, state })
  const ageMs = Math.max(0, Date.now() - grantedAt)
  lease.onMoved({ leaseId, account, class: leaseClass, state, cause, waitedMs, event, ageMs })
}

/** A lease for a request, which takes its slot and its account from now on. */
export const reserved = (
  { account, class: leaseClass, receivedAt }: Pick<Waiting, 'account' | 'class' | 'receivedAt'>,
  expiresAt: number,
  onMoved: LiveLease['onMoved'],
): LiveLease => {
  const grantedAt = Date.now()
  const lease: LiveLease = {
    leaseId: newId(),
    account,
    class: leaseClass,
    state: 'offered',
    cause: null,
    waitedMs: Math.max(0, grantedAt - receivedAt),
    grantedAt,
    expiresAt,
    fence: 0,
    platform: 'x',
    handle: '',
    ticket: newTicket(),
    browser: undefined,
    driver: undefined,
    clean: false,
    yielding: new AbortController(),
    sessionGiven: false,
    ending: new AbortController(),
    closed: Promise.withResolvers(),
    onMoved,
  }
  tell(lease, 'reserved')
  return lease
}

/**
 * Move a lease along the table of states, and tell of it: the one place where a lease changes its state.
 * @param cause why it ends
 * @returns false where the table has no such transition
 */
export const move = (lease: LiveLease, event: LeaseEvent, cause: EndCause | null = null): boolean => {
  const next = LEASE_TRANSITIONS[lease.state][event]
  if (next === undefined) return false
  lease.state = next
  lease.cause ??= cause
  tell(lease, event)
  return true
}

export const heldOf = ({ leaseId, account, class: leaseClass, state, grantedAt, expiresAt }: LiveLease): Held[] =>
  state === 'closed' ? [] : [{ leaseId, account, class: leaseClass, state, grantedAt, expiresAt }]
