import { CollectMetrics, newId } from '@surepost/shared/contracts'
import { done, handle, reject } from '@surepost/shared/messaging'
import { eventually, isolate } from '@surepost/testkit'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type TestConsole, testConsole } from './fixture.ts'
import { type Gate, gate } from './gate.ts'
import { type Recorder, recorder } from './recorder.ts'

const env = await isolate()
let api: TestConsole
let recorded: Recorder
let rabbit: Gate
let database: Gate
beforeAll(async () => {
  rabbit = await gate(env.endpoints.amqpUrl)
  database = await gate(env.endpoints.supabaseUrl)
  api = await testConsole(env, { amqpUrl: rabbit.url, supabaseUrl: database.url })
  recorded = await recorder(env, api.bus)
})
afterAll(async () => {
  await recorded[Symbol.asyncDispose]()
  await api[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
  await rabbit[Symbol.asyncDispose]()
})
afterEach(async () => {
  for (const queue of [QUEUE, POISONED]) await api.call('POST', `/v1/dead/${queue}/discard`, { all: true })
})

const QUEUE = 'scraper.metrics'
/** The test's broker takes from it, and knows no such messages as are planted here. */
const POISONED = 'broker.control.0'
const WAIT = { timeoutMs: 30_000 }

const command = () => {
  const deadline = new Date(Date.now() + 3_600_000).toISOString()
  const check = { checkId: newId(), postId: newId(), segment: 0, platformId: '1800000000000000001', deadline }
  return { account: 'ada', platform: 'x' as const, handle: 'ada_writes', checks: [check] }
}

/** Commands that their handler refuses, parked. Returns their ids. */
const park = async (...reasons: readonly string[]): Promise<readonly string[]> => {
  const left = [...reasons]
  await using _taking = await api.bus.consume([handle(CollectMetrics, async () => reject(left.shift() ?? 'more'))], {
    prefetch: 1,
  })
  const ids = reasons.map(() => newId())
  for (const id of ids) await api.bus.send(CollectMetrics, command(), { id })
  await eventually(async () => (await countOf(QUEUE)) === reasons.length, WAIT)
  return ids
}

const countOf = async (queue: string): Promise<number | undefined> => {
  const { body } = await api.call('GET', '/v1/dead')
  return body.queues.find((one: { queue: string }) => one.queue === queue)?.messages
}
const listed = async (queue: string, query = '') => (await api.call('GET', `/v1/dead/${queue}${query}`)).body.letters

/** Bytes into a queue as any client could put them there. */
const plant = async (queue: string, bytes: Buffer, properties: object): Promise<void> => {
  const base = new URL(env.endpoints.rabbitmqManagementUrl)
  const authorization = `Basic ${Buffer.from(`${base.username}:${base.password}`).toString('base64')}`
  base.username = base.password = ''
  const vhost = encodeURIComponent(new URL(env.endpoints.amqpUrl).pathname.slice(1))
  const response = await fetch(new URL(`api/exchanges/${vhost}/amq.default/publish`, base), {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({
      routing_key: queue,
      payload: bytes.toString('base64'),
      payload_encoding: 'base64',
      properties: { delivery_mode: 2, ...properties },
    }),
  })
  expect(await response.json()).toEqual({ routed: true })
}

test('letters are counted per queue and listed oldest first, with why and without what is in them', async () => {
  const ids = await park('first', 'second', 'third')
  expect(await countOf('poster.publish.0')).toBe(0)
  const letters = await listed(QUEUE)
  expect(letters.map(({ id }: { id: string }) => id)).toEqual(ids)
  expect(letters[0]).toEqual({
    id: ids[0],
    type: 'metrics.collect',
    queue: QUEUE,
    reason: 'first',
    attempts: 1,
    at: expect.stringMatching(/^20.*Z$/),
    firstSeen: expect.stringMatching(/^20.*Z$/),
    correlationId: ids[0],
    size: expect.any(Number),
  })
  expect(await listed(QUEUE, '?limit=2')).toHaveLength(2)
  expect(await countOf(QUEUE)).toBe(3)
})

test('looking from many sides at once finds every letter every time', async () => {
  const [id] = await park('a', 'b')
  const looks = await Promise.all(
    Array.from({ length: 12 }, (_, n) =>
      n % 3 === 0 ? countOf(QUEUE) : n % 3 === 1 ? listed(QUEUE) : api.call('GET', `/v1/dead/${QUEUE}/${id}`),
    ),
  )
  for (const [n, look] of looks.entries()) {
    if (n % 3 === 0) expect(look).toBe(2)
    else if (n % 3 === 1) expect(look).toHaveLength(2)
    else expect(look).toMatchObject({ status: 200, body: { id, reason: 'a' } })
  }
})

test('one letter is shown with its body and the stack of what parked it', async () => {
  await using _taking = await api.bus.consume(
    [handle(CollectMetrics, async () => reject('it broke', new Error('the cause')))],
    { prefetch: 1 },
  )
  const [id, body] = [newId(), command()]
  await api.bus.send(CollectMetrics, body, { id })
  const shown = await eventually(async () => {
    const answer = await api.call('GET', `/v1/dead/${QUEUE}/${id}`)
    return answer.status === 200 && answer
  }, WAIT)
  expect(shown.body).toMatchObject({
    id,
    reason: 'it broke',
    encoding: 'json',
    body,
    size: JSON.stringify(body).length,
  })
  expect(shown.body.stack).toContain('Error: the cause')
})

test('a poison message that is no JSON is parked, shown byte by byte, raises an alert, and clears it when discarded', async () => {
  const bytes = Buffer.from([0x7b, 0xff, 0x00, 0x22])
  const id = newId()
  await plant(POISONED, bytes, { type: 'account.pause', message_id: id, headers: { version: 1 } })
  const shown = await eventually(async () => {
    const answer = await api.call('GET', `/v1/dead/${POISONED}/${id}`)
    return answer.status === 200 && answer
  }, WAIT)
  expect(shown.body).toMatchObject({ encoding: 'base64', body: bytes.toString('base64'), size: 4, correlationId: null })
  expect(shown.body.reason).toContain('not JSON')

  const key = `dead-letters:${POISONED}`
  const alertOf = async (query: string) =>
    (await api.call('GET', `/v1/alerts?${query}`)).body.alerts.find((alert: { key: string }) => alert.key === key)
  const raised = await eventually(() => alertOf('active=true'), WAIT)
  expect(raised).toMatchObject({ severity: 'critical', times: 1, clearedAt: null, active: true })
  expect(raised.sentence).toContain(`parked in ${POISONED}.dead`)

  expect(await api.call('POST', `/v1/dead/${POISONED}/discard`, { id })).toMatchObject({
    status: 200,
    body: { count: 1 },
  })
  const cleared = await eventually(() => alertOf('active=false'), WAIT)
  expect(cleared).toMatchObject({ ...raised, active: false, clearedAt: expect.stringMatching(/^20.*Z$/) })
  expect(await alertOf('active=true')).toBeUndefined()
  expect(await alertOf('')).toEqual(cleared)
})

test('a letter is replayed to its queue with its own id, and the others stay', async () => {
  const [first, second, third] = await park('a', 'b', 'c')
  expect(await api.call('POST', `/v1/dead/${QUEUE}/replay`, { id: second })).toMatchObject({
    status: 200,
    body: { count: 1 },
  })
  const taken = Promise.withResolvers<string>()
  await using _taking = await api.bus.consume([handle(CollectMetrics, async ({ id }) => (taken.resolve(id), done))], {
    prefetch: 1,
  })
  expect(await taken.promise).toBe(second)
  expect((await listed(QUEUE)).map(({ id }: { id: string }) => id)).toEqual([first, third])
})

test('all letters of a queue are replayed, or discarded; of an empty one that is none', async () => {
  const ids = await park('a', 'b', 'c')
  const taken = new Set<string>()
  expect((await api.call('POST', `/v1/dead/${QUEUE}/replay`, { all: true })).body).toEqual({ count: 3 })
  {
    await using _taking = await api.bus.consume([handle(CollectMetrics, async ({ id }) => (taken.add(id), done))], {
      prefetch: 5,
    })
    await eventually(() => taken.size === 3, WAIT)
  }
  expect(taken).toEqual(new Set(ids))
  await park('d', 'e')
  expect((await api.call('POST', `/v1/dead/${QUEUE}/discard`, { all: true })).body).toEqual({ count: 2 })
  expect((await api.call('POST', `/v1/dead/${QUEUE}/discard`, { all: true })).body).toEqual({ count: 0 })
  expect(await listed(QUEUE)).toEqual([])
})

test('a queue or a letter that there is not is 404, and says what there is', async () => {
  const id = newId()
  for (const [method, path, body] of [
    ['GET', '/v1/dead/poster.publish'],
    ['GET', `/v1/dead/poster.publish/${id}`],
    ['POST', '/v1/dead/poster.publish/replay', { all: true }],
    ['POST', '/v1/dead/poster.publish/discard', { all: true }],
  ] as const) {
    const answer = await api.call(method, path, body)
    expect([answer.status, answer.body.type]).toEqual([404, 'urn:surepost:problem:not-found'])
    expect(answer.body.detail).toContain('poster.publish.0')
    expect(answer.body.queues).toContain('persister.facts')
  }
  for (const [method, path, body] of [
    ['GET', `/v1/dead/${QUEUE}/${id}`],
    ['POST', `/v1/dead/${QUEUE}/replay`, { id }],
    ['POST', `/v1/dead/${QUEUE}/discard`, { id }],
  ] as const) {
    const answer = await api.call(method, path, body)
    expect(answer.status).toBe(404)
    expect(answer.body.detail).toContain(`no dead letter ${id} of ${QUEUE}`)
  }
})

test.each([
  ['POST', `/v1/dead/${QUEUE}/discard`, {}, 'must be {"id"'],
  ['POST', `/v1/dead/${QUEUE}/discard`, { all: false }, 'must be {"id"'],
  ['POST', `/v1/dead/${QUEUE}/discard`, { id: 'a', all: true }, 'must be {"id"'],
  ['POST', `/v1/dead/${QUEUE}/replay`, undefined, 'must be {"id"'],
  ['GET', `/v1/dead/${QUEUE}?limit=0`, undefined, 'limit'],
  ['GET', '/v1/alerts?active=yes', undefined, 'must be true or false'],
  ['GET', '/v1/alerts?limit=many', undefined, 'must be a number from 1 to 200'],
])('%s %s with %j is refused with what is expected', async (method, path, body, sentence) => {
  const answer = await api.call(method, path, body)
  expect(answer.status).toBe(422)
  expect(answer.body.detail).toContain(sentence)
})

test('alerts come newest first, once per condition, as many as asked for', async () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString()
  const raise = (key: string, minute: number) => ({
    id: newId(),
    type: 'alert.raised',
    body: { at: at(minute), key, severity: 'warning', sentence: `${key} at minute ${minute}` },
  })
  const clear = (key: string, minute: number) => ({
    id: newId(),
    type: 'alert.cleared',
    body: { at: at(minute), key },
  })
  await recorded.apply([
    raise('one', 1),
    raise('two', 2),
    raise('one', 3),
    raise('three', 4),
    clear('two', 5),
    clear('never raised', 6),
  ])
  const mine = (alerts: { key: string }[]) => alerts.filter(({ key }) => /^(one|two|three|never raised)$/.test(key))
  const all = mine((await api.call('GET', '/v1/alerts?limit=200')).body.alerts)
  expect(all).toMatchObject([
    { key: 'three', active: true, times: 1 },
    { key: 'one', active: true, times: 2, sentence: 'one at minute 3', raisedAt: at(3), clearedAt: null },
    { key: 'two', active: false, times: 1, raisedAt: at(2), clearedAt: at(5) },
  ])
  const active = mine((await api.call('GET', '/v1/alerts?active=true&limit=200')).body.alerts)
  expect(active.map(({ key }) => key)).toEqual(['three', 'one'])
  expect((await api.call('GET', '/v1/alerts?limit=1')).body.alerts).toHaveLength(1)
})

test('with the database away alerts are 503 with when to ask again, and dead letters are still shown', async () => {
  await park('while it is away')
  database.shut()
  const answer = await api.call('GET', '/v1/alerts')
  expect([answer.status, answer.body.type]).toEqual([503, 'urn:surepost:problem:unavailable'])
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await listed(QUEUE)).toHaveLength(1)
  database.open()
  await eventually(async () => (await api.call('GET', '/v1/alerts')).status === 200, WAIT)
})

test('with RabbitMQ away dead letters are 503 with when to ask again, and work when it is back', async () => {
  await park('before')
  rabbit.shut()
  for (const [method, path, body] of [
    ['GET', '/v1/dead'],
    ['GET', `/v1/dead/${QUEUE}`],
    ['POST', `/v1/dead/${QUEUE}/discard`, { all: true }],
  ] as const) {
    const answer = await api.call(method, path, body)
    expect([answer.status, answer.body.type]).toEqual([503, 'urn:surepost:problem:unavailable'])
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  }
  rabbit.open()
  await eventually(async () => (await api.call('GET', `/v1/dead/${QUEUE}`)).status === 200, { timeoutMs: 40_000 })
  expect(await listed(QUEUE)).toHaveLength(1)
})
