import { quantile } from '../figures.ts'
import type { Job } from './plan.ts'

export interface Outcome {
  readonly job: Job
  readonly askedAt: number
  readonly startBy: number
  grantedAt: number | null
  /** Its holder was killed or frozen with it: whatever became of it says nothing of the pool. */
  lost: boolean
}

export interface Figures {
  readonly leases: number
  readonly publishLate: number
  readonly publishWaitP95Ms: number
  readonly starvedReads: number
}

/** What the outcomes come to. Acts without a lease by their `startBy` are late; reads without one at the end are starved. */
export const tally = (outcomes: readonly Outcome[]): Figures => {
  const acts = outcomes.filter((o) => o.job.class === 'act')
  const waits = acts.flatMap((o) => (o.grantedAt === null ? [] : [o.grantedAt - o.askedAt]))
  const without = outcomes.filter((o) => o.grantedAt === null && !o.lost)
  return {
    leases: outcomes.filter((o) => o.grantedAt !== null).length,
    publishLate:
      without.filter((o) => o.job.class === 'act').length +
      acts.filter((o) => o.grantedAt !== null && o.grantedAt > o.startBy).length,
    publishWaitP95Ms: Math.round(quantile(waits, 0.95)),
    starvedReads: without.filter((o) => o.job.class === 'background').length,
  }
}
