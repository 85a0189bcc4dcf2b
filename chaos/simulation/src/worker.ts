import { parentPort } from 'node:worker_threads'
import { type Verdict, runSchedule } from './schedule.ts'
import { variantOf } from './variants/catalog.ts'

/** Schedules of consecutive seeds. */
export interface Batch {
  readonly variant: string
  readonly from: number
  readonly count: number
}

/** What came of a batch. */
export interface BatchResult {
  readonly steps: number
  readonly creates: number
  /** Those that broke a guarantee, by seed. */
  readonly broken: readonly Verdict[]
}

// Nobody reads the stacks of the errors that posters meet by the thousand, and making them takes a third of the time.
Error.stackTraceLimit = 0

const run = async ({ variant, from, count }: Batch): Promise<BatchResult> => {
  const broken: Verdict[] = []
  let steps = 0
  let creates = 0
  for (let seed = from; seed < from + count; seed++) {
    const verdict = await runSchedule(seed, variantOf(variant))
    steps += verdict.steps
    creates += verdict.creates
    if (verdict.violations.length > 0) broken.push(verdict)
  }
  return { steps, creates, broken }
}

parentPort?.on('message', (batch: Batch) => void run(batch).then((result) => parentPort?.postMessage(result, [])))
