import type { Job } from './plan.ts'
import type { Outcome } from './tally.ts'

/** A post that is due, and a read, may wait this long for its browser. */
const ACT_START_BY_MS = 60_000
const READ_START_BY_MS = 60_000

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

  get open(): number {
    return [...this.outcomes.values()].filter((o) => o.grantedAt === null && !o.lost).length
  }
}
