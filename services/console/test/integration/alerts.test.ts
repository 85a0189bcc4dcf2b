import { newId } from '@surepost/shared/contracts'
import { eventually, isolate } from '@surepost/testkit'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type BehindGates, behindGates } from './behind-gates.ts'
import { type Letters, POISONED, QUEUE, WAIT, lettersOf } from './dead-letters.ts'

const env = await isolate()
let all: BehindGates
let api: BehindGates['api']
let recorded: BehindGates['recorded']
let database: BehindGates['database']
let rabbit: BehindGates['rabbit']
let letters: Letters
beforeAll(async () => {
  all = await behindGates(env)
  ;({ api, recorded, database, rabbit } = all)
  letters = lettersOf(env, api)
})
afterAll(() => all[Symbol.asyncDispose]())
afterEach(() => letters.discardAll())

test('a poison message that is no JSON is parked, shown byte by byte, raises an alert, and clears it when discarded', async () => {
  const bytes = Buffer.from([0x7b, 0xff, 0x00, 0x22])
  const id = newId()
  await letters.plant(POISONED, bytes, { type: 'account.pause', message_id: id, headers: { version: 1 } })
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
  await letters.park('while it is away')
  database.shut()
  const answer = await api.call('GET', '/v1/alerts')
  expect([answer.status, answer.body.type]).toEqual([503, 'urn:surepost:problem:unavailable'])
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await letters.list(QUEUE)).toHaveLength(1)
  database.open()
  await eventually(async () => (await api.call('GET', '/v1/alerts')).status === 200, WAIT)
})

test('with RabbitMQ away dead letters are 503 with when to ask again, and work when it is back', async () => {
  await letters.park('before')
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
  expect(await letters.list(QUEUE)).toHaveLength(1)
})
