import { quantile } from '../figures.ts'
import type { Job } from './plan.ts'

/**
 * How a job ended. `finished`: it had its lease to its own end and gave it back; `holder killed` and `holder frozen`: a fault took
 * its holder while it had its lease; `lease lost: …` in the broker's words; `failed: …`: its page failed though its lease was
 * never lost; `refused: …`: an act that was told to come back after its `startBy`; `late`, `starved`: an act, a read that had no
 * lease in time.
 */
export type JobEnd =
  | 'finished'
  | 'late'
  | 'starved'
  | `holder ${string}`
  | `lease lost: ${string}`
  | `failed: ${string}`
  | `refused: ${string}`

export interface Outcome {
  readonly job: Job
  readonly askedAt: number
  readonly startBy: number
  grantedAt: number | null
  /** Null: nobody has said what became of it. */
  end: JobEnd | null
  /** Why it was asked for again, each time. */
  readonly again: string[]
  /** A holder was killed or frozen while this stood in line with it: its wait says nothing of the pool. */
  lostInLine: boolean
}

export interface Figures {
  readonly leases: number
  readonly publishLate: number
  readonly publishWaitP95Ms: number
  readonly starvedReads: number
  /** Jobs by their ends: together with `unaccounted` all that were planned. */
  readonly ends: Readonly<Record<string, number>>
  /** Jobs without an end. */
  readonly unaccounted: number
  /** Jobs that ended otherwise than finished, for another reason than a fault of the plan. */
  readonly unexplained: number
  /** Why jobs that had no lease yet were asked for again. */
  readonly askedAgain: Readonly<Record<string, number>>
}

/** What an act and a read without a lease end in; `late` and `starved` are counted by themselves. */
const EXPLAINED: ReadonlySet<string> = new Set([
  'finished',
  'holder killed',
  'holder frozen',
  'lease lost: browser_crash',
  'late',
  'starved',
])

const counted = (words: readonly string[]): Readonly<Record<string, number>> => {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return Object.fromEntries([...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)))
}

/**
 * What the outcomes come to. Acts without a lease by their `startBy` are late; reads without one at the end are starved.
 * @param planned how many jobs there were to be
 */
export const tally = (outcomes: readonly Outcome[], planned: number): Figures => {
  const acts = outcomes.filter((o) => o.job.class === 'act')
  const waits = acts.flatMap((o) => (o.grantedAt === null || o.lostInLine ? [] : [o.grantedAt - o.askedAt]))
  const ends = outcomes.flatMap(({ end }) => end ?? [])
  return {
    leases: outcomes.filter((o) => o.grantedAt !== null).length,
    publishLate: acts.filter((o) => o.grantedAt === null || o.grantedAt > o.startBy).length,
    publishWaitP95Ms: Math.round(quantile(waits, 0.95)),
    starvedReads: outcomes.filter((o) => o.job.class === 'background' && o.grantedAt === null).length,
    ends: counted(ends),
    unaccounted: planned - ends.length,
    unexplained: ends.filter((end) => !EXPLAINED.has(end)).length,
    askedAgain: counted(outcomes.flatMap(({ again }) => again)),
  }
}

type Judged = Pick<Figures, 'publishLate' | 'starvedReads' | 'unaccounted' | 'unexplained'> & {
  readonly orphanProcesses: number
  readonly orphanProfiles: number
  readonly contextsAfter: number
}

/** Whether nothing was late, starved or left over, and every job has an end that its own work or a fault of the plan explains. */
export const poolHolds = (result: Judged): boolean =>
  [
    result.publishLate,
    result.starvedReads,
    result.unaccounted,
    result.unexplained,
    result.orphanProcesses,
    result.orphanProfiles,
    result.contextsAfter,
  ].every((count) => count === 0)
