import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { eventually, isolate } from '@surepost/testkit'
import { castOf } from '../support/cast.ts'
import { judge, type Played, type Verdict } from '../support/judge.ts'
import { modelServer } from '../support/model-server.ts'
import { prompter } from '../support/prompter.ts'
import { oldPosts, stageOf, type Recorded } from '../support/stage.ts'

/** One of every sort; `SUREPOST_MENTIONS=200` is the full run, in which everything is killed again and again. */
const MENTIONS = Number(process.env['SUREPOST_MENTIONS'] ?? 44)
const ROUNDS = Math.max(1, Math.floor(MENTIONS / 44))
/** A generous bound: a mention that is answered costs one browser's start. */
const PATIENCE_MS = 240_000 + MENTIONS * 12_000

const environment = await isolate()
const model = await modelServer()
afterAll(() => model[Symbol.asyncDispose]())
const parts = castOf(MENTIONS)
const folder = await mkdtemp(join(tmpdir(), 'surepost-site-'))
const old = oldPosts(
  folder,
  parts.filter((part) => part.old),
)
const system = await environment.startServices({
  env: {
    playground: { PLAYGROUND_DATA: folder },
    'browser-broker': { SETTLE_WINDOW_MS: '5000' },
    replier: {
      REPLIER_DRAFTER: 'llm',
      LLM_BASE_URL: model.url,
      LLM_API_KEY: 'only-for-the-test',
      LLM_MODEL: 'test',
      LLM_TIMEOUT_MS: '3000',
      LLM_REST_MS: '2000',
      LLM_INPUT_PRICE: '0.1',
      LLM_OUTPUT_PRICE: '0.4',
      LLM_TOKENS_PER_DAY: '50000000',
    },
  },
})
const stage = stageOf(system)
const played: Played[] = [...old]
const directed = prompter(model, parts, (author) => {
  const found = played.find(({ part }) => part.author === author)
  return found === undefined ? Promise.resolve() : stage.remove(found.id)
})

const kill = async (name: string): Promise<void> => {
  await environment.stopService(name, { hard: true })
  await environment.startService(name)
}
/** Each with the request to the model at which it happens; the request waits for the end of what happens to the replier. */
const DISTURBANCES: readonly (() => Promise<void>)[] = [
  () => kill('replier'),
  async () => {
    await environment.stopDependency('postgres', { hard: true })
    // Away for some more drafts, or for a while when there are none to make.
    const before = model.asked.length
    await eventually(() => model.asked.length > before + 2, { timeoutMs: 15_000 }).catch(() => undefined)
    await environment.startDependency('postgres')
  },
  () => kill('poster'),
  () => kill('scraper'),
  () => kill('persister'),
  () => kill('replier'),
  () => kill('browser-broker'),
]
const happened: Promise<void>[] = []
const disturb = (): void => {
  const at = new Map(
    Array.from({ length: ROUNDS }, (_, round) =>
      DISTURBANCES.map((what, n) => [4 + 3 * n + 30 * round, what] as const),
    ).flat(),
  )
  directed.onAsked = async (n) => {
    const what = at.get(n)
    if (what === undefined) return
    const done = what()
    happened.push(done)
    await done.catch(() => undefined)
  }
}

const byId = async (): Promise<ReadonlyMap<string, readonly Recorded[]>> =>
  Map.groupBy(await stage.recorded(), ({ id }) => id)
const ENDS: readonly (string | null)[] = ['live', 'failed', 'missed', 'cancelled', 'needs_attention', 'review', null]
/** All that was written is decided, and every answer that was decided has come to its end. */
const settled = async (): Promise<void> => {
  const rows = await byId()
  for (const { part, id } of played.filter((one) => one.part.end.is !== 'unseen')) {
    const mine = rows.get(id) ?? []
    const wanted = part.end.is === 'one_of_two' ? 2 : 1
    const open = mine.filter(({ decision, state }) => decision === null || !ENDS.includes(state))
    if (mine.length < wanted || open.length > 0)
      throw new Error(`${id} by ${part.author} to ${part.account} has not ended: ${JSON.stringify(mine)}`)
  }
}
const untilSettled = () => eventually(async () => (await settled(), true), { timeoutMs: PATIENCE_MS, everyMs: 1_000 })

/** What people do about the drafts that wait for them, at a terminal. */
const people = async (): Promise<void> => {
  const rows = await byId()
  for (const { part, id } of played) {
    const postId = rows.get(id)?.[0]?.postId
    if (part.person === undefined || postId === undefined || postId === null) continue
    if (part.person === 'edit') await stage.replies('edit', postId, `Written by hand for ${part.author}.`)
    if (part.person === 'reject') await stage.replies('reject', postId, '--reason', 'not like this')
    else await stage.replies('approve', postId, '--yes')
  }
}

const write = async (act: 1 | 2): Promise<void> => {
  for (const part of parts.filter((one) => one.act === act && !one.old)) played.push(await stage.write(part))
}

describe('mentions of every sort', () => {
  let verdict: Verdict
  it(
    'are each answered once, or not for their reason, while Postgres is stopped and services are killed',
    async () => {
      const began = Date.now()
      await stage.setUp()
      disturb()
      await write(1)
      await untilSettled()
      await Promise.all(happened)
      const [latest] = await stage.query<{ text: string }>(
        `select s.text from posts as p join segments as s on s.post_id = p.id where p.kind = 'reply' and p.state = 'live' order by p.submitted_at desc limit 1`,
      )
      directed.repeat = latest?.text ?? ''
      await write(2)
      await untilSettled()
      await people()
      await eventually(
        async () => !(await stage.recorded()).some(({ state }) => !ENDS.includes(state) || state === 'review'),
        { timeoutMs: PATIENCE_MS, everyMs: 1_000 },
      )
      verdict = judge(played, await stage.recorded(), await stage.ours())
      const seconds = Math.round((Date.now() - began) / 1_000)
      const { mismatches, ...figures } = verdict
      process.stderr.write(`mentions: ${JSON.stringify({ ...figures, disturbances: happened.length, seconds })}\n`)
      expect(mismatches).toEqual([])
      expect(figures).toMatchObject({ matched: played.length, doubles: 0, wrong: 0, beyond: 0, silent: 0 })
      expect(happened).toHaveLength(DISTURBANCES.length * ROUNDS)
      expect(figures.live).toBeGreaterThanOrEqual(Math.min(60, 22 * ROUNDS))
    },
    3 * PATIENCE_MS,
  )

  it('leave a run of the job for every decision, with the category of each failure', async () => {
    const runs = await stage.query<{ category: string }>(
      `select distinct category from job_runs where job = 'replier.draft' and outcome = 'failed' order by 1`,
    )
    expect(runs.map(({ category }) => category)).toEqual(
      expect.arrayContaining([
        'authentication',
        'invalid_output',
        'quota',
        'rate',
        'refusal',
        'server',
        'timeout',
        'unsafe_draft',
      ]),
    )
    const [silent] = await stage.query<{ n: number }>(
      `select count(*)::int as n from mentions as m where decision is not null and not exists
         (select from facts as f where f.type = 'job.ran' and f.account = m.account and f.body ->> 'job' = 'replier.draft' and f.at >= m.decided_at)`,
    )
    expect(silent?.n).toBe(0)
  })

  it('leave no alert of the model that stands when it works again', async () => {
    const standing = await stage.query<{ key: string }>(`select key from alerts where active and key like 'replier.%'`)
    expect(standing).toEqual([])
    const raised = await stage.query<{ key: string }>(
      `select key from alerts where raised_at is not null and key like 'replier.%' order by 1`,
    )
    expect(raised.map(({ key }) => key)).toEqual(['replier.authentication', 'replier.quota'])
  })
})
