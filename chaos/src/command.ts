import { readdir, rm } from 'node:fs/promises'
import { StackError } from '@surepost/stack'
import { FAULT_KINDS } from './faults/catalog.ts'
import { reportOf, summaryOf } from './report.ts'
import { runChaos, type ChaosOptions } from './run/chaos.ts'

export interface ChaosCommand extends ChaosOptions {
  /** One line of JSON on standard output instead of the report. */
  readonly json: boolean
  /** Keep the data folder of a run that is whole; one that is not is always kept. */
  readonly keep: boolean
  /** Called before anything is written to standard output. */
  readonly stopProgress: () => void
}

/** @throws StackError naming a kind of fault that there is not, and those that there are */
export const checkKinds = (kinds: readonly string[]): void => {
  const known = FAULT_KINDS.map(({ kind }) => kind)
  const unknown = kinds.filter((kind) => !known.includes(kind))
  if (unknown.length > 0)
    throw new StackError(`There is no fault ${unknown.join(', ')}. There are: ${known.join(', ')}.`)
}

/**
 * Break a stack of its own in every way there is while it works, and judge what came of it.
 * @returns whether nothing was lost, doubled, misrecorded or unmeasured, and the faults were what they had to be
 * @throws StackError when the data folder is not empty, or the stack cannot be started
 */
export const chaos = async (
  { json, keep, stopProgress, ...options }: ChaosCommand,
  signal: AbortSignal,
): Promise<boolean> => {
  if ((await readdir(options.dataDir).catch(() => [])).length > 0)
    throw new StackError(
      `The data folder ${options.dataDir} is not empty. A run needs a fresh one: remove it, or name another one.`,
    )
  const result = await runChaos(options, signal)
  stopProgress()
  const kept = keep || !result.whole ? options.dataDir : null
  if (kept === null) await rm(options.dataDir, { recursive: true, force: true, maxRetries: 3 })
  if (json) {
    if (!result.whole) process.stderr.write(`${reportOf(result, kept)}\n`)
    process.stdout.write(`${JSON.stringify(summaryOf(result, kept))}\n`)
  } else process.stdout.write(`${reportOf(result, kept)}\n`)
  return result.whole
}
