/** What became of one planned fault. Times are milliseconds after the start of the run. */
export interface FaultRecord {
  readonly n: number
  readonly kind: string
  readonly target: string | null
  readonly at: number
  /** It did what its kind says: observed, not assumed. */
  readonly happened: boolean
  /** An action was in flight when it struck. */
  readonly inFlight: boolean
  /** From its end until work went on, in seconds; null where nothing was left to see it by. */
  readonly recoverySeconds: number | null
  /** Why it did not happen, or what was odd. */
  readonly note: string | null
}

export interface FaultSummary {
  readonly faults: Readonly<Record<string, number>>
  readonly inFlight: number
  /** Median by kind; null where none was measured. */
  readonly recoverySeconds: Readonly<Record<string, number | null>>
  /** Kinds that were planned and did not happen. */
  readonly missing: readonly string[]
  /** Every planned kind happened, and half of what happened struck an action in flight. */
  readonly enough: boolean
}

const median = (values: readonly number[]): number | null => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const low = sorted[Math.ceil(middle) - 1]
  const high = sorted[Math.floor(middle)]
  return low === undefined || high === undefined ? null : Math.round((low + high) * 5) / 10
}

/** What the faults of a run came to. @param planned the kinds of the plan */
export const summarize = (records: readonly FaultRecord[], planned: readonly string[]): FaultSummary => {
  const happened = records.filter((record) => record.happened)
  const byKind = Map.groupBy(happened, ({ kind }) => kind)
  const kinds = [...byKind.keys()].toSorted()
  const inFlight = happened.filter((record) => record.inFlight).length
  const missing = [...new Set(planned)].filter((kind) => !byKind.has(kind)).toSorted()
  const recovery = (kind: string): number | null =>
    median((byKind.get(kind) ?? []).flatMap(({ recoverySeconds }) => recoverySeconds ?? []))
  return {
    faults: Object.fromEntries(kinds.map((kind) => [kind, byKind.get(kind)?.length ?? 0])),
    inFlight,
    recoverySeconds: Object.fromEntries(kinds.map((kind) => [kind, recovery(kind)])),
    missing,
    enough: missing.length === 0 && inFlight * 2 >= happened.length,
  }
}
