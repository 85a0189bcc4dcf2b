import { AccountId, type LeaseClass } from '@surepost/shared/contracts'
import { type Limits, type Table, accountHasRoom, byStart, decideGrants, slotWait } from './schedule.ts'
import type { Held, Waiting } from './table.ts'

type Millis = number

/** An account that no lease has: estimates are of the slots alone. */
const NOBODY = AccountId.parse('nobody')

/** Least wait, in milliseconds, of a request of this class that came now, for an account without a lease; null: it is refused. */
export const estimateWait = (table: Table, leaseClass: LeaseClass, now: Millis, limits: Limits): Millis | null => {
  const asked: Waiting = {
    requestId: '~',
    account: NOBODY,
    class: leaseClass,
    startBy: Number.MAX_SAFE_INTEGER,
    receivedAt: now,
  }
  const { grants, refusals } = decideGrants({ ...table, waiting: [...table.waiting, asked] }, now, limits)
  if (grants.includes(asked.requestId)) return 0
  if (refusals.some(({ requestId }) => requestId === asked.requestId)) return null
  const nextEnd = Math.min(...table.held.map((held) => Math.max(0, held.grantedAt + limits.meanMs[held.class] - now)))
  return Math.round(Math.max(Number.isFinite(nextEnd) ? nextEnd : 0, slotWait(asked, table.waiting, limits)))
}

export interface Yield {
  /** Background leases to ask to end early. */
  readonly leaseIds: readonly string[]
  /** When a request will have waited long enough, if nothing happens before. */
  readonly decideAgainAt: Millis | null
}

/**
 * Which background leases are asked to end early: the youngest, one for each `act` request that has waited for a slot, and not
 * only for its account, longer than it should. Asking is a courtesy: a lease that goes on is not ended.
 * @param asked leases that were asked already
 */
export const decideYield = (
  { waiting, held }: Table,
  asked: ReadonlySet<string>,
  now: Millis,
  limits: Limits & { readonly yieldAfterMs: Millis },
): Yield => {
  const delayed = waiting
    .filter((r) => r.class === 'act' && r.startBy > now && accountHasRoom(r, held, limits))
    .toSorted(byStart)
  const due = delayed.filter((r) => r.receivedAt + limits.yieldAfterMs <= now)
  const background = held.filter((h) => h.class === 'background' && h.state === 'active')
  const already = background.filter((h) => asked.has(h.leaseId)).length
  const youngest = background
    .filter((h) => !asked.has(h.leaseId))
    .toSorted((a: Held, b: Held) => b.grantedAt - a.grantedAt)
  const later = delayed.map((r) => r.receivedAt + limits.yieldAfterMs).filter((at) => at > now)
  return {
    leaseIds: youngest.slice(0, Math.max(0, due.length - already)).map(({ leaseId }) => leaseId),
    decideAgainAt: later.length === 0 ? null : Math.min(...later),
  }
}
