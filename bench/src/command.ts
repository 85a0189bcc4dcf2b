import { rm } from 'node:fs/promises'
import { benchBus } from './bus/run.ts'
import { benchDrain } from './drain.ts'
import { benchFootprint } from './footprint.ts'
import { benchLease } from './lease.ts'
import { benchMetrics } from './metrics/run.ts'
import { benchPersist } from './persist/run.ts'
import { benchPool } from './pool/run.ts'
import { poolHolds } from './pool/tally.ts'
import { benchPublish } from './publish/run.ts'
import { benchRecover } from './recover.ts'
import type { Rounds, Verdict } from './rounds.ts'
import { benchScale } from './scale/run.ts'
import { benchSoak } from './soak/run.ts'
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

/** `surepost bench pool`. @returns whether nothing was late, starved or left over, and every job has an end that the faults explain */
export const pool = async (
  options: BenchCommand & { readonly seconds: number; readonly seed: number },
): Promise<boolean> => {
  try {
    const result = await benchPool(options)
    tell(result, options)
    return poolHolds(result)
  } finally {
    await rm(options.dataDir, { recursive: true, force: true, maxRetries: 3 })
  }
}

type Judged = BenchCommand & Rounds

const judged = async (
  options: BenchCommand,
  measure: () => Promise<Pick<Verdict, 'bench' | 'pass'>>,
): Promise<boolean> => {
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

/** `surepost bench persist`. @returns whether the persister reached its targets */
export const persist = (options: Judged & { readonly posts: number }): Promise<boolean> =>
  judged(options, () => benchPersist(options))

/** `surepost bench scale`. @returns whether the database is as quick with many posts as with few */
export const scale = (options: Judged & { readonly posts: number }): Promise<boolean> =>
  judged(options, () => benchScale(options))

/** `surepost bench drain`. @returns whether a backlog is recorded at full rate, in flat memory */
export const drain = (options: Judged & { readonly facts: number }): Promise<boolean> =>
  judged(options, () => benchDrain(options))

/** `surepost bench footprint`. @returns whether every service is light and soon ready */
export const footprint = (options: Judged & { readonly idleSeconds: number }): Promise<boolean> =>
  judged(options, () => benchFootprint(options))

/** `surepost bench recover`. @returns whether work is done again at once when what it needs is back */
export const recover = (options: Judged & { readonly awaySeconds: number }): Promise<boolean> =>
  judged(options, () => benchRecover(options))

/** `surepost bench metrics`. @returns whether a browser of ours measures more than one that a script opens for each post */
export const metrics = (options: Judged & { readonly posts: number }): Promise<boolean> =>
  judged(options, () => benchMetrics(options))

/** `surepost bench publish`. @returns whether a browser of ours publishes about as much as a script's */
export const publish = (options: Judged & { readonly posts: number }): Promise<boolean> =>
  judged(options, () => benchPublish(options))

/** `surepost bench soak`. @returns whether nothing grew, and all is back to where it was */
export const soak = (options: BenchCommand & { readonly minutes: number }): Promise<boolean> =>
  judged(options, () => benchSoak(options))
