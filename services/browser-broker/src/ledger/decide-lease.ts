import type {
  AccountId,
  BeginRefusal,
  LeaseClass,
  PlatformName,
  RefusalReason,
  WantedAction,
} from '@surepost/shared/contracts'
import { decideBegin } from './decide-begin.ts'
import { type LeaseRecord, type Millis, instant } from './model.ts'
import type { Policy } from './policy.ts'
import type { Tables } from './views.ts'
import { type Decision, type Refused, nothing, refuse } from './writes.ts'

export interface LeaseAsk {
  readonly leaseId: string
  readonly account: AccountId
  readonly class: LeaseClass
  /** The create that it is for; undefined where nobody said, and for what has no budget. */
  readonly action?: WantedAction | undefined
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
const accountGate = (
  tables: Tables,
  ask: Omit<LeaseAsk, 'leaseId'>,
  now: Millis,
  policy: Policy,
): LeaseDenied | null => {
  const account = tables.account(ask.account)
  const later = now + policy.recheckMs
  if (account === null || account.removedAt !== undefined)
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

/** What `begin` refuses because there is no room now, in the words of a lease. */
const NO_ROOM: Readonly<Partial<Record<BeginRefusal, RefusalReason>>> = {
  budget: 'budget',
  paused: 'account_paused',
  kill_switch: 'kill_switch',
}

/** `begin` as it would be answered now, for want of room alone: whatever else it says is said under the lease. */
const roomGate = (
  tables: Tables,
  { class: leaseClass, action }: Omit<LeaseAsk, 'leaseId'>,
  now: Millis,
  policy: Policy,
): Decision<LeaseDenied | null> => {
  if (leaseClass !== 'act' || action === undefined) return nothing(null)
  const { answer, writes } = decideBegin(tables, action, '', now, policy)
  const reason = answer.answer === 'refused' ? NO_ROOM[answer.reason] : undefined
  if (answer.answer !== 'refused' || reason === undefined) return nothing(null)
  const { until, detail } = answer
  // The time that was kept for it is kept all the same.
  return { answer: deny(reason, until === null ? now + SOON_MS : Date.parse(until), detail), writes }
}

/** Whether a lease is worth waiting for: first the account, then what it is asked for. Null: it is. */
export const decideGate = (
  tables: Tables,
  ask: Omit<LeaseAsk, 'leaseId'>,
  now: Millis,
  policy: Policy,
): Decision<LeaseDenied | null> => {
  const denied = accountGate(tables, ask, now, policy)
  return denied === null ? roomGate(tables, ask, now, policy) : nothing(denied)
}

/** Open a lease: its fencing number is greater than that of every earlier lease of the account. */
export const decideLease = (
  tables: Tables,
  ask: LeaseAsk,
  now: Millis,
  policy: Policy,
): Decision<LeaseOpened | LeaseDenied> => {
  const { answer: denied, writes } = decideGate(tables, ask, now, policy)
  const account = tables.account(ask.account)
  if (denied !== null || account === null)
    return { answer: denied ?? { denied: 'unknown_account', retryAt: now, detail: '' }, writes }
  const { leaseId, class: leaseClass } = ask
  const fence = account.fence + 1
  const expiresAt = now + policy.leaseMs[leaseClass].first
  const lease: LeaseRecord = {
    leaseId,
    account: ask.account,
    class: leaseClass,
    fence,
    grantedAt: now,
    expiresAt,
    endedAt: null,
  }
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
