import type { Recovery } from '../faults/types.ts'
import type { Playground } from '../clients/playground.ts'
import type { RecordReader } from './records.ts'
import { until } from './until.ts'

/** Longer than this there was nothing left to do, and nothing can be said. */
const SEEN_WITHIN_MS = 90_000
const EVERY_MS = 500

/** When work goes on after a fault, seen from outside: on the site and in the database. */
export interface Recoveries {
  /** @returns seconds from now until that is seen; null when it is not */
  measure(recovery: Recovery, signal: AbortSignal): Promise<number | null>
}

export const recoveriesOf = (site: Playground, records: RecordReader, handles: readonly string[]): Recoveries => {
  return {
    measure: async (recovery, signal) => {
      const from = new Date()
      const recorded = (): Promise<boolean> => records.hasRecordedSince(from)
      const published = async (): Promise<boolean> =>
        (await site.ledger(from)).some(({ handle }) => handles.includes(handle))
      const seen = await until(recovery === 'recording' ? recorded : published, {
        withinMs: SEEN_WITHIN_MS,
        everyMs: EVERY_MS,
        signal,
      }).catch(() => false)
      return seen ? (Date.now() - from.getTime()) / 1_000 : null
    },
  }
}
