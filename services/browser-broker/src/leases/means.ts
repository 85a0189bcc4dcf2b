import type { LeaseClass } from '@surepost/shared/contracts'

/** How long leases of each class last lately, in milliseconds: an exponential mean. */
export interface Means {
  readonly current: Readonly<Record<LeaseClass, number>>
  add(leaseClass: LeaseClass, ms: number): void
}

/** Before anything was measured: a publish and a read of a page on an idle machine. */
const FIRST = { act: 20_000, interactive: 10_000, background: 10_000 }
/** One lease moves the mean by a fifth. */
const WEIGHT = 0.2

export const openMeans = (): Means => {
  const current: Record<LeaseClass, number> = { ...FIRST }
  return {
    current,
    add: (leaseClass, ms) => void (current[leaseClass] += (ms - current[leaseClass]) * WEIGHT),
  }
}
