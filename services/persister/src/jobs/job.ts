import type { Fence } from '@surepost/shared/database'

/** What a run came to. `did` counts what it changed: a run that did nothing is folded with others like it. */
export type JobResult =
  | { readonly outcome: 'succeeded'; readonly did: number; readonly detail: string }
  | { readonly outcome: 'skipped'; readonly reason: string }

interface JobContext {
  readonly signal: AbortSignal
  /** To be sent with every write: it is refused once another replica holds the job's lock. */
  readonly fence: Fence
}

/** Something that is done again and again, by one replica at a time. */
export interface Job {
  readonly name: string
  /** From the end of a run to the start of the next, give or take a tenth. */
  readonly everyMs: number
  /** A run that takes longer is stopped. */
  readonly timeoutMs: number
  run(context: JobContext): Promise<JobResult>
}

export const succeeded = (did: number, detail: string): JobResult => ({ outcome: 'succeeded', did, detail })
export const skipped = (reason: string): JobResult => ({ outcome: 'skipped', reason })
