import { AccountConfig, DEFAULT_BUDGETS } from '@surepost/shared/contracts'
import { expect, test } from 'vitest'
import { changed } from '../../src/account-options.ts'
import { Jobs, isTroubled, jobsTable } from '../../src/console/jobs.ts'
import { Pool, poolText } from '../../src/console/pool.ts'
import { sentenceOf } from '../../src/console/problem.ts'
import { type Whole, statusOf, statusText } from '../../src/console/status.ts'
import { hasDisplay, storageStateOf } from '../../src/login.ts'

const problem = (detail: string, errors?: readonly { path: string; message: string }[]) => ({
  type: 'urn:surepost:problem:invalid',
  detail,
  ...(errors === undefined ? {} : { errors }),
})

test('a problem is told in the words of the command line, with everything that was wrong', () => {
  expect(sentenceOf(problem('There is no post.'))).toBe('There is no post.')
  const errors = [
    { path: 'account', message: 'there is no account "eve"; there are: ada' },
    { path: 'segments.1.text', message: 'segment 2 has a weighted length of 300; the limit is 280; shorten it' },
    { path: 'scheduledAt', message: 'is more than 365 days ahead' },
  ]
  expect(sentenceOf(problem('…', errors))).toBe(
    'Not sent:\n  - --account: there is no account "eve"; there are: ada\n  - segment 2 has a weighted length of 300; the limit is 280; shorten it\n  - --at: is more than 365 days ahead',
  )
  expect(sentenceOf({ error: 'other' })).toBeUndefined()
  expect(sentenceOf(problem('colours \u{1b}[31m'))).not.toContain('\u{1b}')
})

const whole = (change: Partial<Whole['overview']> = {}): Whole => ({
  overview: {
    counts: {
      posts: { queued: 1, live: 3 },
      segments: { live: 4, recorded: 4, measured: 2, missing: 0, conflicts: 0 },
      overdue: { posts: 0, silent: 0, checks: 0, unplanned: 0 },
      mentions: 0,
    },
    queues: [{ name: 'persister.facts', ready: 0, unacked: 3, consumers: 1 }],
    pool: [],
    troubles: [],
    ...change,
  },
  alerts: [],
  killSwitch: { on: false, shards: [] },
})

test('all is well while facts are on their way and somebody takes them', () => {
  expect(statusOf(whole())).toMatchObject({ ok: true, wrong: [] })
  expect(statusText(statusOf(whole()))).toContain('Everything is well.')
})

const counts = whole().overview.counts
test.each<[string, Whole, string]>([
  [
    'facts that nobody takes',
    whole({ queues: [{ name: 'persister.facts', ready: 3, unacked: 0, consumers: 0 }] }),
    '3 facts wait',
  ],
  [
    'overdue posts',
    whole({ counts: counts && { ...counts, overdue: { posts: 2, silent: 0, checks: 0, unplanned: 0 } } }),
    '2 posts are due',
  ],
  [
    'overdue checks',
    whole({ counts: counts && { ...counts, overdue: { posts: 0, silent: 0, checks: 5, unplanned: 1 } } }),
    '6 measurements are due',
  ],
  ['a part that is away', whole({ counts: null, troubles: ['The database is away.'] }), 'The database is away.'],
  ['an alert', { ...whole(), alerts: [{ key: 'a', severity: 'warning', sentence: 'Look here.' }] }, 'Look here.'],
  ['alerts that cannot be read', { ...whole(), alerts: null }, 'The alerts could not be asked.'],
  [
    'a kill switch that is on',
    { ...whole(), killSwitch: { on: true, shards: [{ shard: 0, on: true, by: 'ops', reason: 'wrong figures' }] } },
    'The kill switch is on (ops: wrong figures)',
  ],
])('%s makes the status wrong, with a sentence', (_, given, sentence) => {
  const status = statusOf(given)
  expect(status.ok).toBe(false)
  expect(status.wrong.join('\n')).toContain(sentence)
  expect(statusText(status)).not.toContain('Everything is well')
})

test('an edit of an account changes what it names, and nothing else', () => {
  const was = AccountConfig.parse({ id: 'ada', platform: 'x', handle: 'ada_builds', budgets: DEFAULT_BUDGETS })
  expect(changed(was, {})).toEqual(was)
  expect(changed(was, { postsPerDay: 7, answers: 'auto', handle: '@ada' })).toEqual({
    ...was,
    handle: 'ada',
    budgets: { ...was.budgets, post: { ...was.budgets.post, perDay: 7 } },
    replies: { ...was.replies, enabled: true, approval: 'auto' },
  })
  expect(changed(changed(was, { answers: 'auto' }), { answers: 'off' }).replies).toMatchObject({
    enabled: false,
    approval: 'auto',
  })
})

test('what is no storage state is refused without a word of what it is', () => {
  for (const json of ['{"cookies":"s3cr3t-cookie"}', '{s3cr3t-cookie', '"s3cr3t-cookie"']) {
    expect(() => storageStateOf(json, 'state.json')).toThrow('state.json is no Playwright storage state')
    expect(() => storageStateOf(json, 'state.json')).not.toThrow(/s3cr3t/u)
  }
  expect(storageStateOf('{"cookies":[{"name":"a"}]}', 'it')).toEqual({ cookies: [{ name: 'a' }], origins: [] })
})

test('a browser can be seen where there is a display', () => {
  expect(hasDisplay({}, 'linux')).toBe(false)
  expect(hasDisplay({ DISPLAY: ':0' }, 'linux')).toBe(true)
  expect(hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBe(true)
  expect(hasDisplay({}, 'darwin')).toBe(true)
})

test('a job that is late or failed last stands out, with why', () => {
  const now = new Date('2026-11-25T12:00:00Z')
  const job = {
    job: 'dispatcher',
    account: null,
    lastSuccessAt: '2026-11-25T11:59:50Z',
    lastFailureAt: null,
    lastFailureCategory: null,
    lastFailureDetail: null,
    lastDurationMs: 12.4,
    consecutiveFailures: 0,
    nextDueAt: '2026-11-25T11:59:55Z',
  }
  const late = { ...job, nextDueAt: '2026-11-25T11:50:00Z' }
  const failed = { ...job, consecutiveFailures: 3, lastFailureCategory: 'quota', lastFailureDetail: 'no money is left' }
  const { jobs } = Jobs.parse({ jobs: [job, late, failed] })
  expect(jobs.map((one) => isTroubled(one, now))).toEqual([false, true, true])
  const table = jobsTable({ jobs }, now)
  expect(table).toContain('2026-11-25T11:50:00Z late')
  expect(table).toContain('quota: no money is left')
  expect(table).toContain('12 ms')
})

test('the pool shows each shard with its leases, and names the one that is silent', () => {
  const waiting = { act: 2, interactive: 0, background: 1 }
  const shard = (n: number) => ({ shard: n, slots: 3, free: 2, active: 1, waiting, oldestWaitMs: 4_200 })
  const lease = {
    shard: 1,
    leaseId: 'lease-1',
    account: 'ada',
    class: 'act',
    state: 'active',
    grantedAt: '2026-11-25T11:59:50Z',
    expiresAt: '2026-11-25T12:04:50Z',
  }
  const text = poolText(Pool.parse({ pool: [shard(0), shard(1)], leases: [lease], silent: [2] }))
  expect(text).toMatch(/shard 0.*2 of 3 browsers free.*the oldest waits 4 s\nNo browser is leased\./u)
  expect(text).toMatch(/shard 1[^]*lease-1 │ ada/u)
  expect(text).toContain('The browser-broker of shard 2 does not answer.')
})
