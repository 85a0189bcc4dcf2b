import { rm } from 'node:fs/promises'
import { benchBus } from './bus/run.ts'
import { benchLease } from './lease.ts'
import { benchMetrics } from './metrics/run.ts'
import { benchPool } from './pool/run.ts'
import type { Rounds, Verdict } from './rounds.ts'
import type { WorldOptions } from './world.ts'

export interface BenchCommand extends Omit<WorldOptions, 'env'> {
  readonly json: boolean
  readonly stopProgress: () => void
}

const tell = (result: object, { json, stopProgress }: BenchCommand): void => {
  stopProgress()
  process.stdout.write(`${JSON.stringify(result, null, json ? 0 : 2)}\n`)
}

/** `surepost bench lease`. @returns true: figures are not judged */
export const lease = async (
  options: BenchCommand & { readonly cycles: number; readonly workers: number },
): Promise<boolean> => {
  try {
    tell(await benchLease(options), options)
    return true
  } finally {
    await rm(options.dataDir, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** `surepost bench pool`. @returns whether nothing was late, starved or left over */
export const pool = async (
  options: BenchCommand & { readonly seconds: number; readonly seed: number },
): Promise<boolean> => {
  try {
    const result = await benchPool(options)
    tell(result, options)
    const { publishLate, starvedReads, orphanProcesses, orphanProfiles, contextsAfter } = result
    return publishLate + starvedReads + orphanProcesses + orphanProfiles + contextsAfter === 0
  } finally {
    await rm(options.dataDir, { recursive: true, force: true, maxRetries: 3 })
  }
}

type Judged = BenchCommand & Rounds

const judged = async (options: Judged, measure: () => Promise<Verdict>): Promise<boolean> => {
  try {
    const verdict = await measure()
    tell(verdict, options)
    return verdict.pass
  } finally {
    await rm(options.dataDir, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** `surepost bench bus`. @returns whether our messaging reached its targets */
export const bus = (options: Judged & { readonly messages: number }): Promise<boolean> =>
  judged(options, () => benchBus(options))

/** `surepost bench metrics`. @returns whether a browser of ours measures more than one that a script opens for each post */
export const metrics = (options: Judged & { readonly posts: number }): Promise<boolean> =>
  judged(options, () => benchMetrics(options))
