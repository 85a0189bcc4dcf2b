import { readFile } from 'node:fs/promises'
import type { AppliedFact } from '@surepost/shared/database'
import { eventually, isolate } from '@surepost/testkit'
import { expect, it } from 'vitest'
import { begun, dispatched, published, submission } from '../support/facts.ts'
import { persisterOn } from '../support/running-persister.ts'

/** Facts that wait when the database comes back; `BACKLOG_FACTS=100000` for the figures of docs/GUARANTEES.md. */
const FACTS = Number(process.env['BACKLOG_FACTS'] ?? 10_000)
const BATCH_MAX = 500
const MB = 1024

const env = await isolate()
const { bus, rows, emit, takeDatabaseAway, bringDatabaseBack, statsOf } = await persisterOn(env)

/** What happens to a post from its submission to its going live. */
const lifeOfPost = (): AppliedFact[] => {
  const { postId, fact } = submission()
  return [fact, dispatched(postId, 60_000), begun(postId, -5_000), published(postId, 1_000)]
}
const emitAll = async (facts: readonly AppliedFact[]): Promise<void> => {
  for (let from = 0; from < facts.length; from += 2_000) await Promise.all(facts.slice(from, from + 2_000).map(emit))
}
const rssOf = async (pid: number): Promise<number> =>
  Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / MB

it(
  'drains the backlog of an outage: every fact once, no more in hand than may be, memory flat',
  async () => {
    const { services } = await env.startServices({
      only: ['persister'],
      // With less room V8 collects sooner: what the process grows by is then what it holds.
      env: { persister: { BATCH_MAX: String(BATCH_MAX), NODE_OPTIONS: '--max-old-space-size=96' } },
    })
    const { pid = 0, opsPort = 0 } = services.find(({ name }) => name === 'persister') ?? {}
    const ops = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${opsPort}/${path}`)
    const inHand = async (): Promise<number> => {
      const metrics = await (await ops('metrics')).text()
      return Number(/^surepost_messages_in_flight\{[^}]*queue="persister\.facts"[^}]*\} (\d+)/m.exec(metrics)?.[1] ?? 0)
    }
    const countOf = async (sql: string): Promise<number> => (await rows<{ n: number }>(sql))[0]?.n ?? 0
    // The dispatcher may say `post.dispatched` as well.
    const recorded = (): Promise<number> =>
      countOf(`select count(*)::int as n from facts where type <> 'post.dispatched' and type like 'post.%'`)

    // What a first few thousand facts make the process grow by is not the backlog's.
    const warmUp = Array.from({ length: 500 }, lifeOfPost).flat()
    await emitAll(warmUp)
    await eventually(async () => (await recorded()) >= (warmUp.length / 4) * 3, { timeoutMs: 60_000 })

    await takeDatabaseAway()
    const facts = Array.from({ length: FACTS / 4 }, lifeOfPost).flat()
    await emitAll(facts)
    await eventually(async () => (await ops('readyz')).status === 503, { timeoutMs: 30_000 })
    await eventually(async () => (await inHand()) > 0)
    const before = await rssOf(pid)
    await bringDatabaseBack()
    const began = performance.now()
    let [most, peak] = [0, before]
    const posts = (warmUp.length + facts.length) / 4
    await eventually(
      async () => {
        most = Math.max(most, await inHand())
        peak = Math.max(peak, await rssOf(pid))
        return (await recorded()) >= posts * 3
      },
      { timeoutMs: 60_000 + FACTS * 10, everyMs: 100 },
    )
    const seconds = (performance.now() - began) / 1_000
    process.stdout.write(
      `${facts.length} facts in ${seconds.toFixed(1)} s (${Math.round(facts.length / seconds)}/s); RSS ${Math.round(before)} MB before, ${Math.round(peak)} MB at most, ${Math.round(await rssOf(pid))} MB after; ${most} in hand at most\n`,
    )
    expect(await recorded()).toBe(posts * 3)
    expect(await countOf(`select count(*)::int as n from posts where state = 'live'`)).toBe(posts)
    expect((await bus.deadLetters()).filter(({ messages }) => messages > 0)).toEqual([])
    expect((await statsOf('persister.facts')).message_stats?.redeliver ?? 0).toBe(0)
    // Two batches being applied, one being collected, whatever waits.
    expect(most).toBeLessThanOrEqual(3 * BATCH_MAX)
    expect(peak - before).toBeLessThan(150)
  },
  300_000 + FACTS * 20,
)
