import type { LedgerMark } from '@surepost/shared/contracts'
import type { Action, LeaseRecord, Millis } from './model.ts'
import type { Policy } from './policy.ts'

/**
 * The moment since which nothing of a lease that an earlier process left open can click: now, where this process could
 * see its browsers and has swept them away; the lease's absolute expiry everywhere else.
 */
export const goneSince = ({ expiresAt }: LeaseRecord, samePlace: boolean, now: Millis): Millis =>
  samePlace ? now : expiresAt

/**
 * Whether a starting ledger is an old one, by what the ledger of this shard said last: a backup that was restored, or a
 * new file in the place of one that was lost. A ledger that has said something, and of which nothing is kept, may be either.
 */
export const isOutdated = (
  ledger: { readonly id: string; readonly seq: number },
  said: { readonly id: string; readonly seq: number } | undefined,
): boolean => (said === undefined ? ledger.seq > 0 : said.id !== ledger.id || said.seq > ledger.seq)

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
