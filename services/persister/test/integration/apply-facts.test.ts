import * as fc from 'fast-check'
import { Client } from 'pg'
import { pino } from 'pino'
import { afterAll, describe, expect, it } from 'vitest'
import { isolate } from '@surepost/testkit'
import { postState } from '@surepost/shared/contracts'
import { type AppliedFact, connectDatabase } from '@surepost/shared/database'
import { arbitraryFacts, factsOfPost, inRun, outOfRun, postIdOf } from '../support/arbitrary-facts.ts'
import { rowsOfRun } from '../support/rows.ts'

const { endpoints } = await isolate()
const database = connectDatabase({
  url: endpoints.supabaseUrl,
  key: endpoints.supabaseKey,
  log: pino({ level: 'silent' }),
})
const client = new Client({ connectionString: endpoints.postgresUrl })
await client.connect()
afterAll(async () => {
  await client.end()
  await database[Symbol.asyncDispose]()
})

let runs = 10_000_000
const nextRun = (): number => (runs += 1)
const digits = (run: number): string => String(run).padStart(8, '0')

/** Apply facts under a run of their own, in batches of the given sizes, and answer the rows they made. */
const rowsAfter = async (facts: readonly AppliedFact[], sizes: readonly number[]): Promise<Record<string, unknown>> => {
  const run = nextRun()
  const mine = inRun(run, facts)
  for (let from = 0, n = 0; from < mine.length; n += 1) {
    const size = sizes[n % sizes.length] ?? 1
    await database.rpc('apply_facts', { facts: mine.slice(from, from + size) })
    from += size
  }
  return outOfRun(run, await rowsOfRun(client, digits(run)))
}

const sizes = fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 1, maxLength: 4 })
/** The same facts in another order, some of them twice. */
const shuffled = (facts: readonly AppliedFact[]): fc.Arbitrary<readonly AppliedFact[]> =>
  fc
    .tuple(fc.shuffledSubarray([...facts], { minLength: facts.length }), fc.shuffledSubarray([...facts]))
    .chain(([all, again]) => fc.shuffledSubarray([...all, ...again], { minLength: all.length + again.length }))

describe('applying facts', () => {
  it('ends in the same rows for any order, any repetition and any cut into batches', async () => {
    const scenario = arbitraryFacts.chain((facts) => fc.tuple(fc.constant(facts), shuffled(facts), sizes, sizes))
    await fc.assert(
      fc.asyncProperty(scenario, async ([facts, otherwise, oneWay, another]) => {
        expect(await rowsAfter(otherwise, another)).toEqual(await rowsAfter(facts, oneWay))
      }),
      { numRuns: 60 },
    )
  })

  it('gives every post the state that the contracts give it', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryFacts, sizes, async (facts, cut) => {
        const { posts } = (await rowsAfter(facts, cut)) as { posts: readonly { id: string; state: string | null }[] }
        for (const id of [postIdOf(1), postIdOf(2)]) {
          const row = posts.find((post) => post.id === id)
          expect(row?.state ?? null).toBe(postState(factsOfPost(facts, id)))
        }
      }),
      { numRuns: 60 },
    )
  })
})
