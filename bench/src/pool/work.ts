import type { Job } from './plan.ts'
import type { JobEnd, Outcome } from './tally.ts'

/** A post that is due, and a read, may wait this long for its browser. */
const ACT_START_BY_MS = 60_000
const READ_START_BY_MS = 60_000
/** Whoever got no lease for a trouble of its own asks again after this. */
const AGAIN_MS = 1_000

/** Work that is asked for again until it was granted, as whoever wanted it would, with what became of each piece of it. */
export class Work {
  readonly outcomes = new Map<number, Outcome>()
  readonly #give: (job: Job, startBy: number) => void
  #closed = false

  constructor(give: (job: Job, startBy: number) => void) {
    this.#give = give
  }

  ask(job: Job): void {
    const now = Date.now()
    const startBy = now + (job.class === 'act' ? ACT_START_BY_MS : READ_START_BY_MS)
    this.outcomes.set(job.id, {
      job,
      askedAt: now,
      startBy,
      grantedAt: null,
      end: null,
      again: [],
      lostInLine: false,
    })
    this.#give(job, startBy)
  }

  granted(id: number, at: number): void {
    const outcome = this.#open(id)
    if (outcome !== undefined) outcome.grantedAt ??= at
  }

  /** A read comes back when it was told to; an act has its one `startBy`. */
  refused(id: number, reason: string, retryAt: number): void {
    const outcome = this.#open(id)
    if (outcome !== undefined) this.#again(outcome, `refused: ${reason}`, retryAt)
  }

  /**
   * It has ended. Without ever having had a lease (its browser died while it was being claimed, say) it is asked for again.
   * @param trouble what it ended in, null when it did all that it was to do
   */
  ended(id: number, trouble: JobEnd | null): void {
    const outcome = this.#open(id)
    if (outcome === undefined) return
    if (outcome.grantedAt !== null) outcome.end = trouble ?? 'finished'
    else this.#again(outcome, trouble ?? 'failed: it had no lease', Date.now() + AGAIN_MS)
  }

  /**
   * Its holder was killed or frozen with it. One that stood in line is another holder's now, as the command of a poster that died
   * comes back to the next one.
   */
  lost(id: number, how: string): void {
    const outcome = this.#open(id)
    if (outcome === undefined) return
    if (outcome.grantedAt !== null) return void (outcome.end = `holder ${how}`)
    outcome.lostInLine = true
    this.#again(outcome, `holder ${how}`, Date.now())
  }

  /** What has no end yet. */
  get open(): number {
    return [...this.outcomes.values()].filter(({ end }) => end === null).length
  }

  /** Ask for nothing more. What never had a lease is late, or starved. */
  close(): void {
    this.#closed = true
    for (const outcome of this.outcomes.values())
      if (outcome.grantedAt === null) outcome.end ??= outcome.job.class === 'act' ? 'late' : 'starved'
  }

  #open(id: number): Outcome | undefined {
    const outcome = this.outcomes.get(id)
    return outcome?.end === null ? outcome : undefined
  }

  #again(outcome: Outcome, why: JobEnd, at: number): void {
    const { job, startBy } = outcome
    const by = job.class === 'act' ? startBy : at + READ_START_BY_MS
    if (at >= by) return void (outcome.end = why.startsWith('refused') ? why : 'late')
    outcome.again.push(why)
    setTimeout(() => this.#closed || this.#give(job, by), Math.max(0, at - Date.now()))
  }
}
