import type { ChaosResult } from './run/chaos.ts'

/** What scripts get, on one line. */
export const summaryOf = (
  { seed, seconds, verdict, faults, unrest, refusals, whole }: ChaosResult,
  dataDir: string | null,
) => ({
  posts: verdict.posts,
  segments: verdict.segments,
  live: verdict.live,
  duplicates: verdict.counts.duplicates,
  lost: verdict.counts.lost,
  unrecorded: verdict.counts.unrecorded,
  wrongIds: verdict.counts.wrongIds,
  outOfOrder: verdict.counts.outOfOrder,
  unmeasured: verdict.counts.unmeasured,
  cancelled: verdict.cancelled,
  refused: verdict.refused,
  ended: verdict.counts.ended,
  checksMissed: verdict.checksMissed,
  unwanted: verdict.counts.unwanted,
  faults: faults.faults,
  missingFaults: faults.missing,
  inFlight: faults.inFlight,
  recoverySeconds: faults.recoverySeconds,
  unrest: unrest.length,
  refusals: refusals.length,
  seconds,
  seed,
  whole,
  ...(dataDir === null ? {} : { dataDir }),
})

/** The same for a person: figures, then everything that is wrong with its history. */
export const reportOf = (result: ChaosResult, dataDir: string | null): string => {
  const { verdict, faults, faultRecords, unrest, refusals, histories, seed, seconds, whole } = result
  const { counts } = verdict
  const happened = Object.entries(faults.faults).map(([kind, count]) => {
    const recovery = faults.recoverySeconds[kind]
    return `  ${String(count).padStart(3)} ${kind}${recovery == null ? '' : `, recovered in ${recovery} s`}`
  })
  return [
    `${verdict.posts} posts, ${verdict.segments} segments: ${verdict.live} live, ${verdict.cancelled} cancelled, ${verdict.refused} refused as planned.`,
    `${Object.entries(counts)
      .map(([wrong, count]) => `${wrong} ${count}`)
      .join(', ')}.`,
    `${faultRecords.length} faults, ${faults.inFlight} of them with an action in flight:`,
    ...happened,
    ...(faults.missing.length > 0 ? [`Did not happen: ${faults.missing.join(', ')}.`] : []),
    ...(unrest.length > 0 ? [`Not quiet at the end: ${unrest.join(', ')}.`] : []),
    ...refusals.map((refusal) => `Refused by the API: ${refusal}`),
    ...verdict.troubles.map(({ wrong, sentence }) => `${wrong}: ${sentence}`),
    ...Object.entries(histories).flatMap(([n, history]) => ['', `Post ${n}:`, ...history.map((line) => `  ${line}`)]),
    '',
    `${whole ? '✔ whole' : '✘ NOT whole'}, seed ${seed}, ${seconds} s.`,
    ...(dataDir === null ? [] : [`Logs, ledger, journal and plan: ${dataDir}`]),
  ].join('\n')
}
