import type { LedgerMark } from '@surepost/shared/contracts'
import type { Action, LeaseRecord, Millis } from './model.ts'
import type { Policy } from './policy.ts'

/**
 * The moment since which nothing of a lease that an earlier process left open can click: now, where this process could
 * see its browsers and has swept them away; the lease's absolute expiry everywhere else.
 */
export const goneSince = ({ expiresAt }: LeaseRecord, samePlace: boolean, now: Millis): Millis =>
  samePlace ? now : expiresAt

/** A ledger that once said more than it knows of is a restored backup. */
export const isBehind = (ledger: { readonly id: string; readonly seq: number }, said: LedgerMark): boolean =>
  said.id === ledger.id && said.seq > ledger.seq

/** What becomes of an action when its ledger begins anew: what was under way is unknown, and may be for a lease's life. */
export const reborn = (action: Action, now: Millis, policy: Policy): Action =>
  action.state === 'open' || action.state === 'unknown'
    ? {
        ...action,
        state: 'unknown',
        quietSince: now + policy.leaseMs.act.most,
        unknownSince: action.unknownSince ?? now,
      }
    : action
