import type { AccountId, LeaseClass, PlatformName, RefusalReason } from '@surepost/shared/contracts'
import { type LeaseRecord, type Millis, instant } from './model.ts'
import type { Policy } from './policy.ts'
import type { Tables } from './views.ts'
import { type Decision, type Refused, nothing, refuse } from './writes.ts'

export interface LeaseAsk {
  readonly leaseId: string
  readonly account: AccountId
  readonly class: LeaseClass
}

export interface LeaseOpened {
  readonly opened: {
    readonly fence: number
    readonly expiresAt: Millis
    readonly platform: PlatformName
    readonly handle: string
  }
}

export interface LeaseDenied {
  readonly denied: RefusalReason
  readonly retryAt: Millis
  readonly detail: string
}

const SOON_MS = 30_000

const deny = (denied: RefusalReason, retryAt: Millis, detail: string): LeaseDenied => ({ denied, retryAt, detail })

/**
 * Whether the account may have a lease of this class at all. A pause or the kill switch stops acting, but never the
 * reconciling of what is already begun; when the platform itself wants a person (a holder's pause without an end)
 * everything stops but what a person waits for.
 */
export const gateOf = (
  tables: Tables,
  ask: Omit<LeaseAsk, 'leaseId'>,
  now: Millis,
  policy: Policy,
): LeaseDenied | null => {
  const account = tables.account(ask.account)
  const later = now + policy.recheckMs
  if (account === null)
    return deny('unknown_account', now + SOON_MS, `The account ${ask.account} is not configured here.`)
  if (!tables.hasSession(ask.account))
    return deny(
      'no_session',
      now + SOON_MS,
      `The account ${ask.account} has no session; give one with PUT /accounts/${ask.account}/session.`,
    )
  const pause = account.pause !== null && (account.pause.until ?? Infinity) > now ? account.pause : null
  const detail = `The account is paused: ${pause?.reason}.`
  if (ask.class === 'interactive') return null
  if (pause?.by === 'holder' && pause.until === null) return deny('account_paused', later, detail)
  if (ask.class === 'background')
    return pause?.by === 'holder' ? deny('account_paused', pause.until ?? later, detail) : null
  if (tables.unsettled(ask.account)) return null
  if (pause !== null) return deny('account_paused', Math.min(pause.until ?? later, now + policy.recheckMs * 10), detail)
  const { killSwitch } = tables.ledger()
  return killSwitch.on
    ? deny('kill_switch', later, `The kill switch is on (${killSwitch.by}: ${killSwitch.reason}).`)
    : null
}

/** Open a lease: its fencing number is greater than that of every earlier lease of the account. */
export const decideLease = (
  tables: Tables,
  ask: LeaseAsk,
  now: Millis,
  policy: Policy,
): Decision<LeaseOpened | LeaseDenied> => {
  const denied = gateOf(tables, ask, now, policy)
  const account = tables.account(ask.account)
  if (denied !== null || account === null)
    return nothing(denied ?? { denied: 'unknown_account', retryAt: now, detail: '' })
  const fence = account.fence + 1
  const expiresAt = now + policy.leaseMs[ask.class].first
  const lease: LeaseRecord = { ...ask, fence, grantedAt: now, expiresAt, endedAt: null }
  const { platform, handle } = account.config
  return {
    answer: { opened: { fence, expiresAt, platform, handle } },
    writes: [
      { put: 'account', account: { ...account, fence } },
      { put: 'lease', lease },
    ],
  }
}

/** Another `first` life from now, never past the class's most. */
export const decideRenew = (
  tables: Tables,
  leaseId: string,
  now: Millis,
  policy: Policy,
): Decision<{ readonly expiresAt: Millis } | Refused> => {
  const lease = tables.lease(leaseId)
  if (lease === null || lease.endedAt !== null || lease.expiresAt <= now)
    return refuse('lease_over', 'The lease is over.')
  const { first, most } = policy.leaseMs[lease.class]
  const expiresAt = Math.max(lease.expiresAt, Math.min(now + first, lease.grantedAt + most))
  if (expiresAt === lease.expiresAt && expiresAt === lease.grantedAt + most)
    return refuse(
      'lease_over',
      `A lease of class ${lease.class} lasts ${most / 1_000} s at most, until ${instant(expiresAt)}.`,
    )
  return { answer: { expiresAt }, writes: [{ put: 'lease', lease: { ...lease, expiresAt } }] }
}

const LEASE_OVER: Refused = { refused: 'lease_over', detail: 'The lease is over.' }

/** What acts through a lease must do so while it lives, and as the account's latest holder. */
export const holderTrouble = (tables: Tables, leaseId: string, account: AccountId, now: Millis): Refused | null => {
  const lease = tables.lease(leaseId)
  if (lease === null || lease.endedAt !== null || lease.expiresAt <= now) return LEASE_OVER
  if (lease.class !== 'act') return { refused: 'wrong_class', detail: `A lease of class ${lease.class} may only read.` }
  if (lease.account !== account)
    return { refused: 'wrong_account', detail: `The lease is of the account ${lease.account}, not ${account}.` }
  return null
}
