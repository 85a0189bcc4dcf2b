import type { AccountId, LeaseClass, RefusalReason } from '@surepost/shared/contracts'
import type { Held, Waiting } from './table.ts'

type Millis = number

export interface Limits {
  readonly slots: number
  /** Background leases at once, when the machine bears no more; 0 refuses them. */
  readonly mostBackground: number
  /** Why the platform cannot be reached: nobody gets a browser for it then. */
  readonly platformAway?: string | undefined
  /** Reads of one account at once, alone and beside its `act` lease. */
  readonly readsPerAccount: { readonly alone: number; readonly besideAct: number }
  /** Which head start a person's read has before background reads; beyond it the longer wait goes first. */
  readonly interactiveHeadStartMs: Millis
  /** How long leases of a class last lately: what estimates are made of. */
  readonly meanMs: Readonly<Record<LeaseClass, Millis>>
}

export interface Table {
  readonly waiting: readonly Waiting[]
  readonly held: readonly Held[]
}

export interface LeaseRefusal {
  readonly requestId: string
  readonly reason: Extract<RefusalReason, 'account_busy' | 'deadline' | 'pressure' | 'platform_away'>
  readonly retryAt: Millis
  readonly detail: string
}

export interface Grants {
  /** Requests to grant, in this order. */
  readonly grants: readonly string[]
  readonly refusals: readonly LeaseRefusal[]
  /** When to decide again though nothing has happened: the next `startBy`. Null: not before something happens. */
  readonly decideAgainAt: Millis | null
}

/** Estimates are only estimates: nobody is sent away for longer than this, nor asked to come back at once. */
const LEAST_RETRY_MS = 1_000
const MOST_RETRY_MS = 60_000
/** Memory that is short does not come back in seconds. */
const HELD_BACK_RETRY_MS = 15_000
/** The platform is tried each second while it cannot be reached; those who wait for it come back one after the other. */
const AWAY_RETRY_MS = 5_000
const APART_MS = 100

type Taken = readonly Pick<Held, 'account' | 'class'>[]

const isRead = (leaseClass: LeaseClass): boolean => leaseClass !== 'act'

/**
 * Most slots of each kind. One is always kept from reading work, so publishing never waits behind it; with three or
 * more, one is kept for reading.
 */
export const capacity = (slots: number): { readonly act: number; readonly reads: number } => ({
  act: slots >= 3 ? slots - 1 : slots,
  reads: slots - 1,
})

export const accountHasRoom = (request: Waiting, taken: Taken, { readsPerAccount }: Limits): boolean => {
  const of = taken.filter((held) => held.account === request.account)
  const acting = of.some((held) => held.class === 'act')
  if (request.class === 'act') return !acting
  return of.filter((held) => isRead(held.class)).length < (acting ? readsPerAccount.besideAct : readsPerAccount.alone)
}

const slotIsFree = (request: Waiting, taken: Taken, { slots, mostBackground, platformAway }: Limits): boolean => {
  if (platformAway !== undefined) return false
  const most = capacity(slots)
  const background = taken.filter((held) => held.class === 'background').length
  if (request.class === 'background' && background >= mostBackground) return false
  const reads = taken.filter((held) => isRead(held.class)).length
  if (taken.length >= slots) return false
  return isRead(request.class) ? reads < most.reads : taken.length - reads < most.act
}

export const byStart = (a: Waiting, b: Waiting): number =>
  a.startBy - b.startBy || a.receivedAt - b.receivedAt || (a.requestId < b.requestId ? -1 : 1)

/** `act` first; among reads the class whose oldest request has waited longest, a person's with a head start. */
const nextOf = (waiting: readonly Waiting[], taken: Taken, now: Millis, limits: Limits): Waiting | undefined => {
  const possible = waiting.filter((r) => slotIsFree(r, taken, limits) && accountHasRoom(r, taken, limits))
  const of = (leaseClass: LeaseClass): Waiting[] => possible.filter((r) => r.class === leaseClass).toSorted(byStart)
  const [act] = of('act')
  if (act !== undefined) return act
  const age = (requests: readonly Waiting[]): Millis => now - Math.min(...requests.map((r) => r.receivedAt))
  const interactive = of('interactive')
  const background = of('background')
  if (interactive.length === 0 || background.length === 0) return interactive[0] ?? background[0]
  return age(interactive) + limits.interactiveHeadStartMs >= age(background) ? interactive[0] : background[0]
}

/** Least wait, in milliseconds, until this request's account is free: the lease in hand, then those in line before it. */
const accountWait = (
  request: Waiting,
  before: readonly Waiting[],
  held: readonly Held[],
  now: Millis,
  { meanMs }: Limits,
): Millis => {
  if (request.class !== 'act') return 0
  const mean = meanMs.act
  const acting = held.find((h) => h.account === request.account && h.class === 'act')
  const rest = acting === undefined ? 0 : Math.max(0, Math.min(acting.expiresAt - now, acting.grantedAt + mean - now))
  return rest + before.filter((r) => r.class === 'act' && r.account === request.account).length * mean
}

/** Least wait until a slot is free for this request: the rounds of leases that go before it, all slots at work. */
export const slotWait = (request: Waiting, before: readonly Waiting[], limits: Limits): Millis => {
  const most = capacity(limits.slots)
  const reads = isRead(request.class)
  const ahead = before.filter((r) => isRead(r.class) === reads).length
  const atOnce = request.class === 'background' ? Math.min(most.reads, Math.max(1, limits.mostBackground)) : most.reads
  return Math.floor(ahead / (reads ? atOnce : most.act)) * limits.meanMs[request.class]
}

/** @param place how many are refused before it */
const awayOf = (
  { requestId }: Waiting,
  place: number,
  now: Millis,
  { platformAway }: Limits,
): LeaseRefusal | undefined => {
  if (platformAway === undefined) return undefined
  const retryAt = now + Math.min(AWAY_RETRY_MS + place * APART_MS, MOST_RETRY_MS)
  return { requestId, reason: 'platform_away', retryAt, detail: `The platform cannot be reached (${platformAway}).` }
}

/** @param before those that stay in line before it */
const refusalOf = (
  request: Waiting,
  before: readonly Waiting[],
  held: readonly Held[],
  now: Millis,
  limits: Limits,
): LeaseRefusal | undefined => {
  const { requestId, startBy, account } = request
  const busy = accountWait(request, before, held, now, limits)
  const full = slotWait(request, before, limits)
  const retryAt = now + Math.min(Math.max(LEAST_RETRY_MS, busy, full), MOST_RETRY_MS)
  if (now >= startBy) {
    const reason = busy > 0 ? 'account_busy' : 'deadline'
    return { requestId, reason, retryAt, detail: `No lease came free by ${new Date(startBy).toISOString()}.` }
  }
  if (request.class === 'background' && limits.mostBackground === 0)
    return {
      requestId,
      reason: 'pressure',
      retryAt: now + HELD_BACK_RETRY_MS,
      detail: 'Memory is short: background work is held back.',
    }
  if (now + busy > startBy)
    return {
      requestId,
      reason: 'account_busy',
      retryAt,
      detail: `${account} is at work, and so are those before this request, until about ${new Date(retryAt).toISOString()}.`,
    }
  if (now + full > startBy)
    return {
      requestId,
      reason: 'pressure',
      retryAt,
      detail: `All slots are taken until about ${new Date(retryAt).toISOString()}.`,
    }
  return undefined
}

/**
 * Who gets a lease now, who is told not to wait, and when to look again. Slots are derived from the table of leases,
 * never counted apart, so that they cannot drift from it.
 */
export const decideGrants = (table: Table, now: Millis, limits: Limits): Grants => {
  const grants: string[] = []
  const taken: { account: AccountId; class: LeaseClass }[] = [...table.held]
  let waiting = table.waiting.filter((r) => r.startBy > now)
  for (let next = nextOf(waiting, taken, now, limits); next !== undefined; next = nextOf(waiting, taken, now, limits)) {
    const { requestId } = next
    grants.push(requestId)
    taken.push({ account: next.account, class: next.class })
    waiting = waiting.filter((r) => r.requestId !== requestId)
  }
  const left = table.waiting.filter((r) => !grants.includes(r.requestId)).toSorted(byStart)
  const staying: Waiting[] = []
  const refusals = left.flatMap((request, place) => {
    const refusal = awayOf(request, place, now, limits) ?? refusalOf(request, staying, table.held, now, limits)
    if (refusal === undefined) staying.push(request)
    return refusal ?? []
  })
  return { grants, refusals, decideAgainAt: staying[0]?.startBy ?? null }
}
