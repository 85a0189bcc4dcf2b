import { describe, expect, it } from 'vitest'
import { eventually, isolate } from '@surepost/testkit'
import {
  CollectMetrics,
  DraftReply,
  HarvestMentions,
  PublishPost,
  type CommandContract,
} from '@surepost/shared/contracts'
import { done, handle } from '@surepost/shared/messaging'
import { collected, configured, mention, published, submission } from '../support/facts.ts'
import { alert, persisterOn } from '../support/running-persister.ts'
import { allJobs } from '../../src/jobs/index.ts'
import type { JobPorts } from '../../src/jobs/ports.ts'

const { bus, running, rows, startOne, stopOne, emit, recorded, readyz, takeDatabaseAway, bringDatabaseBack, statsOf } =
  await persisterOn(await isolate())

/** The name of every job, in the order of the alphabet. */
const JOBS = allJobs({} as JobPorts)
  .map(({ name }) => name)
  .toSorted()

describe('the persister', () => {
  it('records what was said before it started, and goes on where it stopped', async () => {
    const before = Array.from({ length: 50 }, (_, i) => alert(`early ${i}`))
    await Promise.all(before.map(emit))
    const first = await startOne()
    await eventually(() => recorded(before))
    const during = Array.from({ length: 300 }, (_, i) => alert(`during ${i}`))
    const sending = Promise.all(during.map(emit))
    await stopOne(first)
    await sending
    await startOne()
    await eventually(() => recorded(during))
  })

  it('sets a fact aside that the database refuses, and records all others', async () => {
    // Postgres takes no NUL in a text, which no schema of ours forbids.
    const good = Array.from({ length: 200 }, (_, i) => alert(`good ${i}`))
    const bad = Array.from({ length: 3 }, (_, i) => alert(`bad ${i}`, 'a\u0000b'))
    const mixed = good.flatMap((fact, i) => (i % 70 === 5 ? [fact, bad[Math.floor(i / 70)] ?? fact] : [fact]))
    await Promise.all(mixed.map(emit))
    await eventually(() => recorded(good))
    expect(await recorded(bad.slice(0, 1))).toBe(false)
    await eventually(async () => (await statsOf('persister.facts.dead')).messages === 3, { timeoutMs: 20_000 })
    await eventually(
      async () =>
        (await rows(`select 1 from alerts where key = 'dead-letters:persister.facts' and active`)).length === 1,
    )
  })

  it('loses nothing when the database goes away in the middle of a stream, and goes on by itself', async () => {
    const facts = Array.from({ length: 3_000 }, (_, i) => alert(`stream ${i % 40}`))
    const third = facts.length / 3
    const before = await statsOf('persister.facts')
    await Promise.all(facts.slice(0, third).map(emit))
    await takeDatabaseAway()
    await Promise.all(facts.slice(third, 2 * third).map(emit))
    await eventually(async () => (await readyz()).status === 503)
    await Promise.all(facts.slice(2 * third).map(emit))
    await bringDatabaseBack()
    await eventually(async () => (await readyz()).status === 200, { timeoutMs: 30_000 })
    await eventually(() => recorded(facts), { timeoutMs: 30_000 })
    // Held in hand all the while: none was handed back and spent a return, none is dead but those of before.
    const after = await eventually(
      async () => {
        const stats = await statsOf('persister.facts')
        return (stats.message_stats?.ack ?? 0) >= (before.message_stats?.ack ?? 0) + facts.length ? stats : undefined
      },
      { timeoutMs: 20_000 },
    )
    expect(after.message_stats?.redeliver ?? 0).toBe(before.message_stats?.redeliver ?? 0)
    expect((await statsOf('persister.facts.dead')).messages).toBe(3)
    const [{ n } = { n: 0 }] = await rows<{ n: number }>(`select times::int as n from alerts where key = 'stream 0'`)
    expect(n).toBe(75)
  }, 120_000)

  it('asks for all that is due: publishing, reading, harvesting, deciding', async () => {
    const asked = new Map<string, unknown[]>()
    const listen = async (contract: CommandContract, shard?: number) => {
      asked.set(contract.type, [])
      const route = handle(contract, async ({ body }) => {
        asked.get(contract.type)?.push(body)
        return done
      })
      return bus.consume([route], { prefetch: 10, ...(shard === undefined ? {} : { shard }) })
    }
    const consumers = [
      await listen(PublishPost, 0),
      await listen(CollectMetrics),
      await listen(HarvestMentions),
      await listen(DraftReply),
    ]
    const due = submission()
    const live = submission()
    const late = submission({ notAfter: -60_000 })
    const facts = [
      configured('ada', [1, 2, 86_400], true),
      due.fact,
      live.fact,
      late.fact,
      published(live.postId, 30_000),
      mention('ada'),
    ]
    await Promise.all(facts.map(emit))

    const first = <T>(type: string): Promise<T> =>
      eventually(() => asked.get(type)?.[0] as T | undefined, { timeoutMs: 20_000 })
    expect(await first(PublishPost.type)).toMatchObject({ postId: due.postId, revision: 1 })
    const collect = await first<{ checks: { checkId: string }[] }>(CollectMetrics.type)
    expect(collect).toMatchObject({
      account: 'ada',
      handle: 'ada',
      checks: [{ postId: live.postId }, { postId: live.postId }],
    })
    expect(await first(HarvestMentions.type)).toMatchObject({ account: 'ada' })
    expect(await first(DraftReply.type)).toMatchObject({ account: 'ada', approval: 'auto', mention: { author: 'bob' } })

    await Promise.all([collected(live.postId, 1), collected(live.postId, 2)].map(emit))
    const stateOf = async (id: string) =>
      (await rows<{ state: string }>('select state from posts where id = $1', [id]))[0]?.state
    await eventually(async () => (await stateOf(due.postId)) === 'queued')
    await eventually(async () => (await stateOf(late.postId)) === 'missed', { timeoutMs: 20_000 })
    await eventually(async () => {
      const found = await rows<{ state: string }>(
        'select state from checks where post_id = $1 order by after_seconds',
        [live.postId],
      )
      return found.map(({ state }) => state).join() === 'done,done,open'
    })
    const jobs = await eventually(async () => {
      const found = await rows<{ job: string }>(
        `select job from job_heartbeats where last_success_at is not null and job = any ($1) order by job`,
        [JOBS],
      )
      return found.length >= JOBS.length ? found.map(({ job }) => job) : undefined
    })
    expect(jobs).toEqual(JOBS)
    await Promise.all(consumers.map((consumer) => consumer[Symbol.asyncDispose]()))
  }, 90_000)

  it('runs each job on one replica, and lets the other take over when the first has stopped', async () => {
    const [first] = [...running]
    await startOne()
    const lock = async () => {
      const [held] = await rows<{ holder: string; fence: string }>(
        `select holder, fence from job_locks where job = 'persister.dispatch' and expires_at > now()`,
      )
      return held
    }
    await eventually(
      async () => (await rows(`select 1 from job_runs where detail like 'another replica runs it%'`)).length > 0,
      { timeoutMs: 20_000 },
    )
    const before = await eventually(lock)
    if (first !== undefined) await stopOne(first)
    const after = await eventually(async () => {
      const held = await lock()
      return held?.holder === before.holder ? undefined : held
    })
    expect(Number(after.fence)).toBeGreaterThan(Number(before.fence))
  }, 60_000)
})
