import { Client } from 'pg'
import { type Contender, type Rounds, type Verdict, interleaved, verdictOf } from './rounds.ts'
import { FACTS_OF_A_LIFE, emitLives } from './persist/life.ts'
import { type PersisterWorld, countFacts, openPersister } from './persist/world.ts'

export interface DrainBench extends Rounds {
  readonly dataDir: string
  /** Facts that wait when the database is back. */
  readonly facts: number
}

/** What the persister may grow by while it drains: its batches and V8's idleness, not its queue. */
const FLAT_MIB = 64

export interface DrainVerdict extends Verdict {
  /** Of the persister, MiB, the most over the rounds. */
  readonly grewByMiB: number
}

/** Facts per second from the return of the database to the last commit; `grew` hears what memory did meanwhile. */
const afterAnOutage = (
  { stack, endpoints, bus, rssMiB }: PersisterWorld,
  { facts, signal }: DrainBench,
  grew: (mib: number) => void,
): Contender => ({
  name: 'drain',
  measure: async () => {
    const connected = async (): Promise<Client> => {
      const client = new Client({ connectionString: endpoints.postgresUrl })
      client.on('error', () => {})
      await client.connect()
      return client
    }
    const counting = await connected()
    const before = await countFacts(counting)
    await counting.end()
    await stack.stopPart('postgres')
    await emitLives(bus, Math.ceil(facts / FACTS_OF_A_LIFE))
    const waiting = await rssMiB()
    await stack.startPart('postgres')
    const began = performance.now()
    const client = await connected()
    try {
      let most = waiting
      while ((await countFacts(client)) < before + facts) {
        signal.throwIfAborted()
        most = Math.max(most, await rssMiB())
      }
      grew(most - waiting)
    } finally {
      await client.end()
    }
    return facts / ((performance.now() - began) / 1_000)
  },
})

/** `surepost bench drain`: what an outage left, beside the rate at which a full queue is recorded. @throws StackError */
export const benchDrain = async (bench: DrainBench): Promise<DrainVerdict> => {
  let grewByMiB = 0
  const rate = async (): Promise<number> => {
    await using world = await openPersister({ ...bench, dataDir: `${bench.dataDir}-rate` })
    return await world.fromFullQueue(Math.ceil(bench.facts / FACTS_OF_A_LIFE))
  }
  await using world = await openPersister(bench)
  const drain = afterAnOutage(world, bench, (mib) => (grewByMiB = Math.max(grewByMiB, Math.round(mib))))
  const found = await interleaved([{ name: 'persist', measure: rate }, drain], bench)
  const verdict = verdictOf('drain', found, [{ of: 'drain', to: 'persist', atLeast: 0.8 }])
  return { ...verdict, grewByMiB, pass: verdict.pass && grewByMiB <= FLAT_MIB }
}
