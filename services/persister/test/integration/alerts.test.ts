import { ALERTS, PoolPressure, alertKey } from '@surepost/shared/contracts'
import { eventually, isolate } from '@surepost/testkit'
import { afterEach, expect, it, onTestFinished } from 'vitest'
import {
  collected,
  configured,
  fact,
  instant,
  mention,
  newPlatformId,
  paused,
  published,
  resumed,
  submission,
} from '../support/facts.ts'
import { persisterOn } from '../support/running-persister.ts'
import { webhookServer } from '../support/webhook-server.ts'

const { bus, running, rows, startOne, stopOne, emit, recorded, takeDatabaseAway, bringDatabaseBack } =
  await persisterOn(await isolate())
afterEach(async () => void (await Promise.all([...running].map(stopOne))))

const PATIENCE = { timeoutMs: 60_000, everyMs: 100 }

/** Every word about alerts that was said since, as `raised key` and `cleared key`. */
const listening = async () => {
  const said: string[] = []
  const watch = await bus.watchFacts(({ type, body }) => {
    if (type.startsWith('alert.')) said.push(`${type.slice(6)} ${(body as { key: string }).key}`)
  })
  return { said, [Symbol.asyncDispose]: () => watch[Symbol.asyncDispose]() }
}
const heard = (said: readonly string[], ...words: readonly string[]) =>
  eventually(() => {
    const missing = words.filter((word) => !said.includes(word))
    if (missing.length > 0) throw new Error(`not said: ${missing.join(', ')}`)
    return true
  }, PATIENCE)
const standing = async (key: string): Promise<boolean> =>
  (await rows('select 1 from alerts where key = $1 and active', [key])).length === 1
const of = (told: readonly string[], key: string): readonly string[] =>
  told.filter((text) => text.includes(`\`${key}\``))

it('that the database is away is told to people while it is away, by a webhook that fails at first, and once', async () => {
  await using webhook = await webhookServer(8)
  await using ears = await listening()
  await startOne({
    ALERT_WEBHOOK_URL: webhook.url,
    RECORD_QUEUE_OLD_MS: '4000',
    RECORD_QUEUE_LONG: '1200',
    LIVE_UNRECORDED_MS: '2000',
  })
  const { postId, fact: post } = submission()
  await emit(post)
  await eventually(() => recorded([post]), PATIENCE)
  await takeDatabaseAway()
  onTestFinished(bringDatabaseBack)
  const live = published(postId, 0)
  await emit(live)
  await heard(ears.said, 'raised database:away', 'raised live:unrecorded', 'raised record_queue:old')
  // More and more is said, and nothing of it recorded.
  const growing = new AbortController()
  const ran = { job: 'flood', account: null, startedAt: instant(0), outcome: 'succeeded', category: null, detail: null }
  onTestFinished(() => growing.abort())
  const flood = (async () => {
    while (!growing.signal.aborted) await Promise.all(Array.from({ length: 400 }, () => emit(fact('job.ran', ran))))
  })()
  await heard(ears.said, 'raised record_queue:growing', 'raised breaker.database.persister', 'raised limits:closed.0')
  growing.abort()
  await flood
  await heard(ears.said, 'raised alerts:undelivered')
  await eventually(() => of(webhook.told, 'database:away').length > 0, PATIENCE)
  expect(webhook.refused()).toBe(8)
  expect(await recordedNow(live.id)).toBe('away')

  await bringDatabaseBack()
  await eventually(() => recorded([live]), PATIENCE)
  await heard(
    ears.said,
    ...['database:away', 'live:unrecorded', 'record_queue:old', 'record_queue:growing', 'alerts:undelivered'].map(
      (key) => `cleared ${key}`,
    ),
    'cleared breaker.database.persister',
  )
  const pressure = { slots: 1, free: 1, active: 0, waiting: { act: 0, interactive: 0, background: 0 }, oldestWaitMs: 0 }
  await bus.emit(PoolPressure, { at: instant(0), shard: 0, ...pressure })
  await heard(ears.said, 'cleared limits:closed.0')
  await eventually(() => of(webhook.told, 'database:away').length > 1, PATIENCE)
  expect(of(webhook.told, 'database:away')).toEqual([
    expect.stringMatching(/database-away\* critical[^]*Bring it back[^]*docs\/RUNBOOK\.md#database-away/),
    expect.stringMatching(/database-away\* is over/),
  ])
  // A repeat is not told again, whoever says it; and what is about the webhook never.
  expect(of(webhook.told, 'alerts:undelivered')).toEqual([])
  await eventually(async () => !(await standing('database:away')), PATIENCE)
  const [row] = await rows<{ state: string }>(`select state from breakers where breaker = 'database'`)
  expect(row?.state).toBe('closed')
  // What failed meanwhile was counted, and is written now.
  const [run] = await rows<{ detail: string }>(
    `select detail from job_runs where job = 'persister.apply' and outcome = 'failed' and category = 'database'`,
  )
  expect(run?.detail).toMatch(/^\d+ tries failed/)
}, 300_000)

const recordedNow = async (id: string): Promise<'away' | 'recorded'> => {
  try {
    return (await rows('select 1 from facts where id = $1', [id])).length > 0 ? 'recorded' : 'away'
  } catch {
    return 'away'
  }
}

it('a repeat of what stands is not told again by another persister, which knows what this one told', async () => {
  await using webhook = await webhookServer()
  const key = alertKey(ALERTS.segmentConflict, 'a:0')
  const said = (sentence: string) => fact('alert.raised', { key, severity: 'critical', sentence })
  const first = await startOne({ ALERT_WEBHOOK_URL: webhook.url })
  await emit(said('two ids'))
  await eventually(() => of(webhook.told, key).length === 1, PATIENCE)
  await stopOne(first)
  await startOne({ ALERT_WEBHOOK_URL: webhook.url })
  await emit(said('two ids, again'))
  await emit(fact('alert.cleared', { key }))
  await eventually(() => of(webhook.told, key).length === 2, PATIENCE)
  expect(of(webhook.told, key)[1]).toContain('is over')
}, 120_000)

it('what is due and not done is told by its age, and a job that does not run is told of and never run in its place', async () => {
  // A replica that hangs, as the others see it.
  await rows(`insert into job_locks (job, holder, fence, expires_at) values ('persister.harvest', 'hangs', 7, now() + interval '1 hour')
    on conflict (job) do update set holder = 'hangs', fence = job_locks.fence + 1, expires_at = excluded.expires_at`)
  await rows(`delete from job_heartbeats where job = 'persister.harvest'`)
  await rows('truncate posts, accounts, mentions cascade')
  await using ears = await listening()
  await startOne({
    POSTS_OLD_SECONDS: '1',
    CHECKS_OLD_SECONDS: '1',
    ANSWERS_OLD_SECONDS: '1',
    UNKNOWN_OLD_SECONDS: '1',
    JOB_GRACE_SECONDS: '3',
  })
  const due = submission({ account: 'eve' })
  const held = submission({ account: 'bob' })
  const unknown = submission({ account: 'eve' })
  const read = submission({ account: 'ada' })
  const asked = newPlatformId()
  const outcome = { postId: unknown.postId, revision: 1, segment: 0, account: 'eve', attempt: 1, reason: 'no answer' }
  for (const one of [
    configured('ada', [1], true),
    configured('bob', [3_600]),
    configured('eve', [3_600]),
    paused('bob'),
    due.fact,
    held.fact,
    unknown.fact,
    fact('post.segment_unknown', { ...outcome, ledger: { id: crypto.randomUUID(), seq: 1 } }, -60_000),
    read.fact,
    published(read.postId, 60_000),
    mention('ada', asked),
  ])
    await emit(one)
  const keys = ['due:posts', 'posting:off', 'due:checks', 'due:answers', 'outcomes:unknown']
  await heard(ears.said, ...keys.map((key) => `raised ${key}`), 'raised job.late.persister.harvest')
  const sentence = async (key: string) =>
    (await rows<{ sentence: string }>('select sentence from alerts where key = $1', [key]))[0]?.sentence
  await eventually(async () => (await sentence('posting:off'))?.includes('bob is paused') === true, PATIENCE)
  expect(
    await rows(`select 1 from job_heartbeats where job = 'persister.harvest' and last_success_at is not null`),
  ).toEqual([])

  await rows(`update job_locks set expires_at = now() where job = 'persister.harvest'`)
  await emit(resumed('bob'))
  for (const { postId } of [due, unknown]) await emit(published(postId, 0, { account: 'eve' }))
  await emit(published(held.postId, 0, { account: 'bob' }))
  await emit(
    fact('mention.decided', {
      account: 'ada',
      mention: asked,
      decision: 'skipped',
      reason: 'old',
      postId: null,
      drafter: null,
    }),
  )
  await emit(collected(read.postId, 1))
  await heard(ears.said, ...keys.map((key) => `cleared ${key}`), 'cleared job.late.persister.harvest')
}, 240_000)
