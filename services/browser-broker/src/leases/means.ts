import type { LeaseClass } from '@surepost/shared/contracts'

/** How long leases of each class last lately, in milliseconds: an exponential mean. */
export interface Means {
  readonly current: Readonly<Record<LeaseClass, number>>
  add(leaseClass: LeaseClass, ms: number): void
}

/**
 * Before anything was measured: the least that a lease can take. Too low, a request waits in line until its `startBy`,
 * which harms nobody; too high, it is sent away for nothing.
 */
const FIRST = { act: 2_000, interactive: 2_000, background: 2_000 }
/** One lease moves the mean by a fifth. */
const WEIGHT = 0.2

export const openMeans = (): Means => {
  const current: Record<LeaseClass, number> = { ...FIRST }
  return {
    current,
    add: (leaseClass, ms) => void (current[leaseClass] += (ms - current[leaseClass]) * WEIGHT),
  }
}
