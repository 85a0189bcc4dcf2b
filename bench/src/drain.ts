import { Client } from 'pg'
import { type Contender, type Rounds, type Verdict, interleaved, verdictOf } from './rounds.ts'
import { FACTS_OF_A_LIFE } from './persist/life.ts'
import { type PersisterWorld, countFacts, emitMarked, openPersister, untilMarked } from './persist/world.ts'

export interface DrainBench extends Rounds {
  readonly dataDir: string
  /** Facts that wait when the database is back. */
  readonly facts: number
}

/** What the persister may add in the second half of the time: were its memory to follow the queue, it would be half of all. */
const FLAT_MIB = 16

/** Of the persister while it drains, MiB. */
interface Growth {
  /** From where it was during the outage: its batches, and the heap that V8 takes for them. */
  readonly atMost: number
  /** In the second half of the time, over the first. */
  readonly later: number
}

/** @param samples in the order of time */
const growthOf = (before: number, samples: readonly number[]): Growth => {
  const half = Math.ceil(samples.length / 2)
  const [first, second] = [Math.max(...samples.slice(0, half)), Math.max(...samples.slice(half))]
  return { atMost: Math.max(first, second) - before, later: Math.max(0, second - first) }
}

export interface DrainVerdict extends Verdict {
  /** The most over the rounds. */
  readonly grewMiB: Growth
}

/** Facts per second from the return of the database to the last commit; `onGrown` hears what memory did meanwhile. */
const afterAnOutage = (
  { stack, endpoints, bus, rssMiB }: PersisterWorld,
  { facts, signal }: DrainBench,
  onGrown: (growth: Growth) => void,
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
    const last = await emitMarked(bus, Math.ceil(facts / FACTS_OF_A_LIFE))
    const waiting = await rssMiB()
    await stack.startPart('postgres')
    const began = performance.now()
    const client = await connected()
    try {
      const samples: number[] = []
      await untilMarked(client, last, signal, async () => {
        samples.push(await rssMiB())
      })
      while ((await countFacts(client)) < before + facts) signal.throwIfAborted()
      onGrown(growthOf(waiting, samples))
    } finally {
      await client.end()
    }
    return facts / ((performance.now() - began) / 1_000)
  },
})

/** `surepost bench drain`: what an outage left, beside the rate at which a full queue is recorded. @throws StackError */
export const benchDrain = async (bench: DrainBench): Promise<DrainVerdict> => {
  let grewMiB: Growth = { atMost: 0, later: 0 }
  const onGrown = ({ atMost, later }: Growth): void => {
    const most = (a: number, b: number): number => Math.round(Math.max(a, b))
    grewMiB = { atMost: most(grewMiB.atMost, atMost), later: most(grewMiB.later, later) }
  }
  const rate = async (): Promise<number> => {
    await using world = await openPersister({ ...bench, dataDir: `${bench.dataDir}-rate` })
    return await world.fromFullQueue(Math.ceil(bench.facts / FACTS_OF_A_LIFE))
  }
  await using world = await openPersister(bench)
  const drain = afterAnOutage(world, bench, onGrown)
  const found = await interleaved([{ name: 'persist', measure: rate }, drain], bench)
  const verdict = verdictOf('drain', found, [{ of: 'drain', to: 'persist', atLeast: 0.8 }])
  return { ...verdict, grewMiB, pass: verdict.pass && grewMiB.later <= FLAT_MIB }
}
