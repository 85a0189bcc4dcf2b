import { AlertCleared, AlertRaised, newId } from '@surepost/shared/contracts'
import { done, handle } from '@surepost/shared/messaging'
import { eventually, isolate } from '@surepost/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BehindGates, behindGates } from './behind-gates.ts'

const env = await isolate()
let all: BehindGates
let api: BehindGates['api']
beforeAll(async () => {
  all = await behindGates(env)
  ;({ api } = all)
})
afterAll(() => all[Symbol.asyncDispose]())

const at = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString()
const WAIT = { timeoutMs: 30_000 }

test('jobs tell their last success and failure, failures in a row, category and duration', async () => {
  const run = (minutes: number, more: object) => ({
    id: newId(),
    type: 'job.ran',
    body: {
      at: at(minutes),
      job: 'mentions.harvest',
      account: 'ada',
      startedAt: at(minutes + 1),
      outcome: 'succeeded',
      category: null,
      detail: null,
      ...more,
    },
  })
  const failed = { outcome: 'failed', category: 'session', detail: 'needs a person' }
  await all.recorded.apply([run(30, {}), run(20, failed), run(10, failed)])
  const { status, body } = await api.call('GET', '/v1/jobs')
  expect([status, body.jobs]).toEqual([
    200,
    [
      {
        job: 'mentions.harvest',
        account: 'ada',
        lastRunAt: expect.stringMatching(/Z$/),
        lastOutcome: 'failed',
        lastCategory: 'session',
        lastDetail: 'needs a person',
        lastDurationMs: expect.any(Number),
        lastSuccessAt: expect.stringMatching(/Z$/),
        lastFailureAt: expect.stringMatching(/Z$/),
        lastFailureCategory: 'session',
        lastFailureDetail: 'needs a person',
        consecutiveFailures: 2,
        nextDueAt: null,
      },
    ],
  ])
  expect(Math.round(body.jobs[0].lastDurationMs)).toBe(60_000)
})

test('breakers are told as their services said last, those that hold work up first', async () => {
  const changed = (breaker: string, minutes: number, state: string, probeAt: string | null) => ({
    id: newId(),
    type: 'breaker.changed',
    body: { at: at(minutes), service: 'poster', breaker, state, probeAt },
  })
  const probeAt = at(-1)
  await all.recorded.apply([
    changed('x', 9, 'open', at(8)),
    changed('x', 7, 'closed', null),
    changed('x/ada', 5, 'open', probeAt),
  ])
  const since = expect.stringMatching(/Z$/)
  expect((await api.call('GET', '/v1/breakers')).body.breakers).toEqual([
    { service: 'poster', breaker: 'x/ada', state: 'open', since, probeAt },
    { service: 'poster', breaker: 'x', state: 'closed', since, probeAt: null },
  ])
})

test('leases are those of the brokers, without anything that would let somebody in; a silent shard is named', async () => {
  const lease = { leaseId: newId(), account: 'ada', class: 'act', state: 'active', grantedAt: at(1), expiresAt: at(-2) }
  api.broker.leases = [{ ...lease, ticket: { token: 'topsecret' } }]
  const { body } = await api.call('GET', '/v1/leases')
  expect(body).toMatchObject({ leases: [{ ...lease, shard: 0 }], pool: [{ slots: 3 }], silent: [] })
  expect(JSON.stringify(body)).not.toContain('topsecret')
  api.broker.away = true
  expect((await api.call('GET', '/v1/leases')).body).toEqual({ leases: [], pool: [], silent: [0] })
  api.broker.away = false
})

test('queues tell their depth over time and the age of what waits', async () => {
  const { body } = await api.call('POST', '/v1/accounts/ada/pause', {})
  expect(body.paused).toBe(true)
  const found = await eventually(async () => {
    const answer = await api.call('GET', '/v1/queues')
    return answer.body.queues?.find(({ name }: { name: string }) => name === 'persister.facts')
  }, WAIT)
  expect(found).toMatchObject({ ageMs: expect.any(Number), history: expect.arrayContaining([expect.any(Number)]) })
})

const dependency = async (name: string) => {
  const { body } = await api.call('GET', '/v1/health')
  return body.dependencies.find((one: { name: string }) => one.name === name)
}

test.each(['database', 'RabbitMQ'] as const)(
  'health says within seconds that %s is away, and that it is back',
  async (name) => {
    const way = name === 'database' ? all.database : all.rabbit
    await eventually(async () => (await dependency(name))?.up, WAIT)
    way.shut()
    const away = await eventually(
      async () => {
        const found = await dependency(name)
        return found.up ? false : found
      },
      { timeoutMs: 9_000 },
    )
    expect(away.detail.length).toBeGreaterThan(20)
    way.open()
    await eventually(async () => (await dependency(name)).up, { timeoutMs: 40_000 })
  },
)

test('a service whose queues nobody takes from is named', async () => {
  const scraper = await eventually(() => dependency('scraper'), WAIT)
  expect(scraper).toMatchObject({ up: false, detail: expect.stringContaining('scraper.metrics') })
  const partly = 'Nobody takes from persister.alerts: is the persister running?'
  await eventually(async () => (await dependency('persister')).detail === partly, WAIT)
  await using _taking = await api.bus.consumeFacts(
    'persister.alerts',
    [handle(AlertRaised, async () => done), handle(AlertCleared, async () => done)],
    { prefetch: 1 },
  )
  await eventually(async () => (await dependency('persister')).up, WAIT)
})

test('who listens is told of health at once, and again when it changes', async () => {
  const stop = new AbortController()
  const headers = { authorization: 'Bearer test-api-key-0123456789' }
  const response = await fetch(new URL('/v1/events', api.url), { headers, signal: stop.signal })
  let seen = ''
  const reading = (async () => {
    for await (const chunk of response.body ?? []) seen += Buffer.from(chunk).toString()
  })().catch(() => {})
  await eventually(() => seen.includes('"name":"browser-broker 0","up":true'), WAIT)
  api.broker.away = true
  await eventually(() => seen.includes('"name":"browser-broker 0","up":false'), { timeoutMs: 9_000 })
  api.broker.away = false
  stop.abort()
  await reading
})
