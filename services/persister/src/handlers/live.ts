import { SegmentPublished } from '@surepost/shared/contracts'
import type { Database } from '@surepost/shared/database'
import type { QueuedFact, RecordedFact } from '@surepost/shared/messaging'
import { type Scope, pause } from '@surepost/shared/runtime'
import type { Outage } from './outage.ts'

/** Live segments that are not known to be recorded: heard of as they are said, or in hand. Bounded. */
export interface LiveWatch extends AsyncDisposable {
  hear(fact: RecordedFact): void
  taken(batch: readonly QueuedFact[]): void
  recorded(facts: readonly RecordedFact[]): void
  /** How many of them are late. */
  late(): number
}

const MOST_KEPT = 10_000
const LOOK_MS = 5_000
/** Looked up at once: their ids go into a URL. */
const MOST_ASKED = 50

/** @param oldMs from when on one is late */
export const createLiveWatch = (
  ports: {
    readonly database: Pick<Database, 'read'>
    readonly outage: Pick<Outage, 'lasting'>
    readonly log: Scope['log']
  },
  oldMs: number,
  now: () => number = Date.now,
): LiveWatch => {
  const saidAt = new Map<string, number>()
  const stop = new AbortController()
  const add = ({ id, type }: RecordedFact, at: number): void => {
    if (type === SegmentPublished.type && saidAt.size < MOST_KEPT && !saidAt.has(id)) saidAt.set(id, at)
  }
  const lateOnes = (): readonly string[] => [...saidAt].filter(([, at]) => now() - at >= oldMs).map(([id]) => id)

  // Another replica may have recorded them.
  const lookUp = async (): Promise<void> => {
    const ids = lateOnes().slice(0, MOST_ASKED)
    if (ids.length === 0 || ports.outage.lasting() !== undefined) return
    const found = await ports.database.read(
      'live facts that are recorded',
      (client) => client.from('facts').select('id').in('id', ids),
      { signal: stop.signal, deadlineMs: LOOK_MS },
    )
    for (const { id } of found) saidAt.delete(id)
  }
  const loop = (async () => {
    while (await pause(LOOK_MS, stop.signal))
      await lookUp().catch((error: unknown) => ports.log.debug({ err: error }, 'what is recorded is not known'))
  })()
  return {
    hear: (fact) => add(fact, now()),
    taken: (batch) => batch.forEach((fact) => add(fact, fact.sentAt.getTime())),
    recorded: (facts) => facts.forEach(({ id }) => saidAt.delete(id)),
    late: () => lateOnes().length,
    async [Symbol.asyncDispose]() {
      stop.abort(new Error('live posts are no longer watched'))
      await loop
    },
  }
}
