import type { AccountId, LeaseClass, LeaseEvent, LeaseState } from '@surepost/shared/contracts'

type Millis = number

/**
 * What may become of a lease. It begins with `reserved`, as `offered`. A slot and an account are taken from then on, and come back
 * with `closed`, which needs the observed exit of the browser (`gone`), or that it was seen empty and is kept for this account
 * (`kept`). (A request in line is `queued`: it has no lease yet.)
 */
export const LEASE_TRANSITIONS: Readonly<Record<LeaseState, Readonly<Partial<Record<LeaseEvent, LeaseState>>>>> = {
  offered: { claimed: 'active', ended: 'closing' },
  active: { ended: 'closing' },
  closing: { gone: 'closed', kept: 'closed' },
  closed: {},
}

/** A lease that takes a slot and its account. */
export interface Held {
  readonly leaseId: string
  readonly account: AccountId
  readonly class: LeaseClass
  readonly state: Exclude<LeaseState, 'closed'>
  readonly grantedAt: Millis
  readonly expiresAt: Millis
}

/** A request in line. */
export interface Waiting {
  readonly requestId: string
  readonly account: AccountId
  readonly class: LeaseClass
  readonly startBy: Millis
  readonly receivedAt: Millis
}
