import { eventually, isolate } from '@surepost/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BehindGates, behindGates } from './behind-gates.ts'
import { testConsole } from './fixture.ts'

const env = await isolate()
let all: BehindGates
let api: BehindGates['api']
let recorded: BehindGates['recorded']
let database: BehindGates['database']
let rabbit: BehindGates['rabbit']
beforeAll(async () => {
  all = await behindGates(env)
  ;({ api, recorded, database, rabbit } = all)
})
afterAll(() => all[Symbol.asyncDispose]())

const post = (text: string, more: object = {}) => ({ account: 'ada', segments: [{ text }], ...more })

test('with the database away posts are accepted, and reads say when to ask again', async () => {
  const before = await api.call('POST', '/v1/posts', post('before'))
  await eventually(() => recorded.ofPost(before.body.id).length === 2)
  database.shut()
  const submitted = await api.call('POST', '/v1/posts', post('while it is away'), { 'idempotency-key': 'away' })
  expect([submitted.status, submitted.body.state]).toEqual([202, 'queued'])
  const repeat = await api.call('POST', '/v1/posts', post('while it is away'), { 'idempotency-key': 'away' })
  expect([repeat.status, repeat.body.id]).toEqual([202, submitted.body.id])
  await eventually(() => recorded.commands.some((command) => command.body.postId === submitted.body.id))
  const reads = await Promise.all(
    [`/v1/posts/${before.body.id}`, `/v1/posts/${before.body.id}/history`, '/v1/posts'].map((path) =>
      api.call('GET', path),
    ),
  )
  for (const read of reads) {
    expect([read.status, read.body.type]).toEqual([503, 'urn:surepost:problem:unavailable'])
    expect(Number(read.headers.get('retry-after'))).toBeGreaterThan(0)
  }
  const overview = await api.call('GET', '/v1/overview')
  expect([overview.status, overview.body.counts]).toEqual([200, null])
  expect(overview.body.troubles.join()).toMatch(/database/i)
  expect((await api.call('POST', `/v1/posts/${submitted.body.id}/cancel`)).body).toEqual({ result: 'cancelled' })
  database.open()
  const back = await eventually(
    async () => {
      const read = await api.call('GET', `/v1/posts/${before.body.id}`)
      return read.status === 200 && read
    },
    { timeoutMs: 30_000 },
  )
  expect(back.body.id).toBe(before.body.id)
})

test('the repeat of a schedule that has passed is not refused while only the database could know it', async () => {
  database.shut()
  const passed = post('was it accepted?', { scheduledAt: new Date(Date.now() - 1_000).toISOString() })
  expect((await api.call('POST', '/v1/posts', passed, { 'idempotency-key': 'passed' })).status).toBe(503)
  expect((await api.call('POST', '/v1/posts', passed)).status).toBe(422)
  database.open()
})

test('with RabbitMQ away nothing is accepted, and a repeat with the same key later is one post', async () => {
  rabbit.shut()
  const refused = await api.call('POST', '/v1/posts', post('no queue'))
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
  expect(refused.body.detail).toContain(`Idempotency-Key: ${refused.body.idempotencyKey}`)
  rabbit.open()
  const accepted = await eventually(
    async () => {
      const again = await api.call('POST', '/v1/posts', post('no queue'), {
        'idempotency-key': refused.body.idempotencyKey,
      })
      return again.status === 202 && again
    },
    { timeoutMs: 40_000, everyMs: 500 },
  )
  expect(accepted.body.id).toBe(refused.body.id)
  await eventually(() => recorded.commands.some((command) => command.body.postId === accepted.body.id))
  const read = await eventually(
    async () => {
      const answer = await api.call('GET', `/v1/posts/${accepted.body.id}`)
      return answer.status === 200 && answer
    },
    { timeoutMs: 30_000 },
  )
  expect(read.body.segments).toHaveLength(1)
})

test('a ledger that does not answer in time is 503, never "perhaps"', async () => {
  const { body } = await api.call('POST', '/v1/posts', post('cancel me'))
  api.broker.cancel = 'silence'
  const answer = await api.call('POST', `/v1/posts/${body.id}/cancel`)
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
  expect(answer.body.detail).toContain('not known yet')
})

test('accounts that were read before stay known while their broker is away', async () => {
  api.broker.away = true
  expect((await api.call('POST', '/v1/posts', post('cached'))).status).toBe(202)
  const unknown = await api.call('POST', '/v1/posts', { ...post('?'), account: 'bob' })
  api.broker.away = false
  expect(unknown.status).toBe(422)
})

test('a console that never heard of a broker says so', async () => {
  api.broker.away = true
  await using fresh = await testConsole(env, { broker: api.broker })
  const answer = await fresh.call('POST', '/v1/posts', post('hello'))
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
  expect((await fresh.call('GET', '/v1/accounts')).status).toBe(503)
  api.broker.away = false
})
