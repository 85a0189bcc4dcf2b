import type { LeaseClass } from '@surepost/shared/contracts'

/** A piece of work that needs a lease. */
export interface Job {
  readonly id: number
  readonly atMs: number
  readonly kind: 'publish' | 'reply' | 'scrape'
  readonly class: Extract<LeaseClass, 'act' | 'background'>
  readonly account: number
  readonly holdMs: number
}

export type Fault = 'kill holder' | 'freeze holder' | 'kill browser'

export interface PoolPlan {
  readonly jobs: readonly Job[]
  readonly faults: readonly { readonly atMs: number; readonly fault: Fault; readonly pick: number }[]
}

export interface PoolLoad {
  readonly seconds: number
  readonly seed: number
  readonly slots: number
  readonly accounts: number
  /** What a lease costs here besides its hold, in milliseconds, with all slots at work: measured. */
  readonly overheadMs: number
}

/**
 * How long each kind holds its browser, and its share of the slots' time that is asked for. An hour's holds (publish 20 s, reply 15 s,
 * scrape 10 s) are run 20 times as fast.
 */
const KINDS = [
  { kind: 'publish', class: 'act', holdMs: 1_000, share: 0.2 },
  { kind: 'reply', class: 'act', holdMs: 750, share: 0.1 },
  { kind: 'scrape', class: 'background', holdMs: 500, share: 0.7 },
] as const
/** Of what the slots can do. */
const OVERLOAD = 1.2
const FAULT_EVERY_MS = 8_000
const FAULTS: readonly Fault[] = ['kill holder', 'freeze holder', 'kill browser']

/** Mulberry32: small, seeded, good enough for arrivals. */
const randomOf = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Arrivals and faults of a run: a function of the load alone. */
export const planPool = ({ seconds, seed, slots, accounts, overheadMs }: PoolLoad): PoolPlan => {
  const random = randomOf(seed)
  const lengthMs = seconds * 1_000
  const whole = (below: number): number => Math.floor(random() * below)
  const jobs = KINDS.flatMap(({ kind, class: leaseClass, holdMs, share }) => {
    const count = Math.round((lengthMs * slots * OVERLOAD * share) / (holdMs + overheadMs))
    return Array.from({ length: count }, () => ({
      atMs: whole(lengthMs),
      kind,
      class: leaseClass,
      account: whole(accounts),
      holdMs: Math.round(holdMs * (0.5 + random())),
    }))
  })
  const faults = Array.from({ length: Math.floor(lengthMs / FAULT_EVERY_MS) }, (_, i) => ({
    atMs: Math.round((i + random()) * FAULT_EVERY_MS),
    fault: FAULTS[whole(FAULTS.length)] ?? 'kill holder',
    pick: random(),
  }))
  return { jobs: jobs.toSorted((a, b) => a.atMs - b.atMs).map((job, id) => ({ id, ...job })), faults }
}
