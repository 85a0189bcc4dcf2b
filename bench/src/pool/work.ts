import type { Job } from './plan.ts'
import type { Outcome } from './tally.ts'

/** A post that is due, and a read, may wait this long for its browser. */
const ACT_START_BY_MS = 60_000
const READ_START_BY_MS = 60_000
/** Whoever got no lease for a trouble of its own asks again after this. */
const AGAIN_MS = 1_000
/** An answer to a request comes at its `startBy` at the latest; this covers its way. */
const ANSWER_WAY_MS = 5_000

/** Work that is asked for again until it was granted, as whoever wanted it would. */
export class Work {
  readonly outcomes = new Map<number, Outcome>()
  readonly #give: (job: Job, startBy: number) => void

  constructor(give: (job: Job, startBy: number) => void) {
    this.#give = give
  }

  ask(job: Job): void {
    const now = Date.now()
    const startBy = now + (job.class === 'act' ? ACT_START_BY_MS : READ_START_BY_MS)
    this.outcomes.set(job.id, { job, askedAt: now, startBy, grantedAt: null, lost: false })
    this.#give(job, startBy)
  }

  granted(id: number, at: number): void {
    const outcome = this.outcomes.get(id)
    if (outcome !== undefined) outcome.grantedAt ??= at
  }

  lost(id: number): void {
    const outcome = this.outcomes.get(id)
    if (outcome !== undefined) outcome.lost = true
  }

  /** A read comes back when it was told to; an act has its one `startBy`. */
  refused(id: number, retryAt: number): void {
    const outcome = this.outcomes.get(id)
    if (outcome === undefined) return
    const { job, startBy } = outcome
    const by = job.class === 'act' ? startBy : retryAt + READ_START_BY_MS
    if (retryAt < by) setTimeout(() => this.#give(job, by), Math.max(0, retryAt - Date.now()))
  }

  /** It has ended. Without ever having had a lease (its browser died while it was being claimed, say) it is asked for again. */
  ended(id: number): void {
    if (this.outcomes.get(id)?.grantedAt === null) this.refused(id, Date.now() + AGAIN_MS)
  }

  /** What may still get its first lease. An act that is late may not. */
  get open(): number {
    const now = Date.now()
    const late = ({ job, startBy }: Outcome): boolean => job.class === 'act' && startBy + ANSWER_WAY_MS < now
    return [...this.outcomes.values()].filter((o) => o.grantedAt === null && !o.lost && !late(o)).length
  }
}
