import type { Breach } from './checks.ts'
import type { Crew } from './crew.ts'
import type { Verdict } from './schedule.ts'
import type { BatchResult } from './worker.ts'

export interface Wanted {
  readonly variant: string
  /** The first seed. */
  readonly from: number
  /** How many schedules at most. */
  readonly count: number
  /** Go no further once this is found; by default every schedule is run. */
  readonly until?: Breach
  /** Called after each batch. */
  readonly onProgress?: (ran: number, broken: number) => void
}

/** What came of many schedules. */
export interface Summary {
  readonly variant: string
  readonly schedules: number
  /** Those that broke a guarantee, by seed. */
  readonly broken: readonly Verdict[]
  /** The first schedule with the breach that was looked for; null without one. */
  readonly found: Verdict | null
  /** Events and creates, of all schedules together. */
  readonly steps: number
  readonly creates: number
  readonly seconds: number
}

/** Small enough that no thread is left alone with the last one for long. */
const BATCH = 100

const holds = ({ violations }: Verdict, breach: Breach): boolean => violations.some((v) => v.breach === breach)

/** Run schedules on all threads. What is found is that of the lowest seed, whichever thread was faster. */
export const runAll = async (crew: Crew, wanted: Wanted): Promise<Summary> => {
  const { variant, from, count, until, onProgress } = wanted
  const began = performance.now()
  const results: { readonly from: number; readonly result: BatchResult }[] = []
  let next = from
  let over = false
  let ran = 0
  let bad = 0
  const work = async (): Promise<void> => {
    while (!over && next < from + count) {
      const batch = { variant, from: next, count: Math.min(BATCH, from + count - next) }
      next += batch.count
      const result = await crew.run(batch)
      results.push({ from: batch.from, result })
      over ||= until !== undefined && result.broken.some((verdict) => holds(verdict, until))
      ran += batch.count
      bad += result.broken.length
      onProgress?.(ran, bad)
    }
  }
  await Promise.all(Array.from({ length: crew.threads }, work))
  const inOrder = results.sort((a, b) => a.from - b.from).map(({ result }) => result)
  const broken = inOrder.flatMap((result) => result.broken)
  return {
    variant,
    schedules: ran,
    broken,
    found: broken.find((verdict) => until !== undefined && holds(verdict, until)) ?? null,
    steps: inOrder.reduce((sum, result) => sum + result.steps, 0),
    creates: inOrder.reduce((sum, result) => sum + result.creates, 0),
    seconds: (performance.now() - began) / 1_000,
  }
}
