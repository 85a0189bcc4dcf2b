import * as fc from 'fast-check'
import { Client } from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { isolate } from '@surepost/testkit'
import { newId, newPostId, postState, type PlatformId } from '@surepost/shared/contracts'
import { type AppliedFact, connectDatabase } from '@surepost/shared/database'
import { silentLogger } from '@surepost/shared/runtime'
import { arbitraryFacts, factsOfPost, inRun, outOfRun, postIdOf } from '../support/arbitrary-facts.ts'
import { instant, published, submission } from '../support/facts.ts'
import { rowsOfRun } from '../support/rows.ts'

const { endpoints } = await isolate()
const database = connectDatabase({
  url: endpoints.supabaseUrl,
  key: endpoints.supabaseKey,
  log: silentLogger(),
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

/** Shrinking a counterexample ends with it, before the test's own time is up and says nothing. */
const BOUNDED = { numRuns: 60, interruptAfterTimeLimit: 120_000 }

describe('applying facts', () => {
  it('ends in the same rows for any order, any repetition and any cut into batches', async () => {
    const scenario = arbitraryFacts.chain((facts) => fc.tuple(fc.constant(facts), shuffled(facts), sizes, sizes))
    await fc.assert(
      fc.asyncProperty(scenario, async ([facts, otherwise, oneWay, another]) => {
        expect(await rowsAfter(otherwise, another)).toEqual(await rowsAfter(facts, oneWay))
      }),
      BOUNDED,
    )
  }, 180_000)

  it('gives every post the state that the contracts give it', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryFacts, sizes, async (facts, cut) => {
        const { posts } = (await rowsAfter(facts, cut)) as { posts: readonly { id: string; state: string | null }[] }
        for (const id of [postIdOf(1), postIdOf(2)]) {
          const row = posts.find((post) => post.id === id)
          expect(row?.state ?? null).toBe(postState(factsOfPost(facts, id)))
        }
      }),
      BOUNDED,
    )
  }, 180_000)

  it('ends in the same rows when replicas apply the same posts at once, and nobody deadlocks', async () => {
    const deadlocks = async (): Promise<number> => {
      const { rows } = await client.query<{ n: string }>(
        'select deadlocks as n from pg_stat_database where datname = current_database()',
      )
      return Number(rows[0]?.n)
    }
    const before = await deadlocks()
    for (const facts of fc.sample(arbitraryFacts, 15)) {
      const run = nextRun()
      const mine = inRun(run, facts)
      const orders = fc.sample(shuffled(mine), 4)
      await Promise.all(
        orders.map(async (order, n) => {
          const size = 5 + 3 * n
          for (let from = 0; from < order.length; from += size) {
            await database.rpc('apply_facts', { facts: order.slice(from, from + size) })
          }
        }),
      )
      const together = outOfRun(run, await rowsOfRun(client, digits(run)))
      expect(together).toEqual(await rowsAfter(facts, [facts.length]))
    }
    expect(await deadlocks()).toBe(before)
  }, 120_000)

  it.each([
    ['a fact without its post', { type: 'post.missed', body: { at: instant(0), reason: 'late' } }, 'SP001'],
    [
      'a fact without its segment',
      { type: 'post.segment_begun', body: { at: instant(0), postId: newPostId() } },
      'SP001',
    ],
    ['a fact without a time', { type: 'post.missed', body: { postId: newPostId(), reason: 'late' } }, '23502'],
    ['a time that is none', { type: 'alert.cleared', body: { at: 'yesterday noon', key: 'k' } }, '22007'],
    ['an id that is none', { id: 'seven', type: 'alert.cleared', body: { at: instant(0), key: 'k' } }, '22P02'],
    [
      'a placeholder for a platform id',
      { ...published(newPostId(), 0, { platformId: 'pending_1' as PlatformId }) },
      '23514',
    ],
    [
      'a submission without a hash',
      { type: 'post.submitted', body: { ...(submission().fact.body as object), hash: null } },
      '23514',
    ],
    [
      'a text that Postgres cannot hold',
      { type: 'alert.raised', body: { at: instant(0), key: 'k', severity: 'info', sentence: 'a\u0000b' } },
      '22P05',
    ],
  ])('refuses %s, by its code, and the whole call with it', async (_, bad, sqlstate) => {
    const { postId, fact: good } = submission()
    const applying = database.rpc('apply_facts', { facts: [good, { id: newId(), ...bad }] })
    await expect(applying).rejects.toMatchObject({ name: 'ContractError', sqlstate })
    expect((await client.query('select 1 from posts where id = $1', [postId])).rows).toEqual([])
  })
})

describe('the time from due and approved to live', () => {
  const timesOf = async (facts: readonly AppliedFact[]): Promise<readonly number[]> =>
    (await database.rpc('apply_facts', { facts })).timesToLive
  const approvedBefore = (postId: string, agoMs: number): AppliedFact => ({
    id: newId(),
    type: 'post.approved',
    body: { at: instant(-agoMs), postId, revision: 1, hash: 'a'.repeat(64), by: 'eve' },
  })

  it('counts from the later of its time and its approval, once, and by the first segment', async () => {
    const scheduled = submission({ submitted: -9_000_000, scheduled: -60_000 })
    const approved = submission({ submitted: -9_000_000, approval: 'review' })
    const thread = submission({ submitted: -30_000, segments: 2 })
    const [first, second] = [published(thread.postId, 20_000), published(thread.postId, 10_000, { segment: 1 })]
    expect(await timesOf([scheduled.fact, published(scheduled.postId, 55_000)])).toEqual([expect.closeTo(5, 0)])
    expect(
      await timesOf([approved.fact, approvedBefore(approved.postId, 40_000), published(approved.postId, 38_000)]),
    ).toEqual([expect.closeTo(2, 0)])
    expect(await timesOf([thread.fact, second])).toEqual([])
    expect(await timesOf([first])).toEqual([expect.closeTo(10, 0)])
    // Again, and said by another witness.
    expect(await timesOf([first, { ...first, id: newId() }])).toEqual([])
  })
  it('is none of a post of which only that is known', async () => {
    expect(await timesOf([published(newPostId(), 1_000)])).toEqual([])
  })
})
