import { CollectMetrics, newId } from '@surepost/shared/contracts'
import { handle, reject } from '@surepost/shared/messaging'
import { eventually, isolate } from '@surepost/testkit'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Letters, QUEUE, WAIT, command, lettersOf } from './dead-letters.ts'
import { type TestConsole, testConsole } from './fixture.ts'

const env = await isolate()
let api: TestConsole
let letters: Letters
beforeAll(async () => {
  api = await testConsole(env)
  letters = lettersOf(env, api)
})
afterAll(() => api[Symbol.asyncDispose]())
afterEach(() => letters.discardAll())

test('letters are counted per queue and listed oldest first, with why and without what is in them', async () => {
  const ids = await letters.park('first', 'second', 'third')
  expect(await letters.count('poster.publish.0')).toBe(0)
  const found = await letters.list(QUEUE)
  expect(found.map(({ id }: { id: string }) => id)).toEqual(ids)
  expect(found[0]).toEqual({
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
  expect(await letters.list(QUEUE, '?limit=2')).toHaveLength(2)
  expect(await letters.count(QUEUE)).toBe(3)
})

test('looking from many sides at once finds every letter every time', async () => {
  const [id] = await letters.park('a', 'b')
  const looks = await Promise.all(
    Array.from({ length: 12 }, (_, n) =>
      n % 3 === 0
        ? letters.count(QUEUE)
        : n % 3 === 1
          ? letters.list(QUEUE)
          : api.call('GET', `/v1/dead/${QUEUE}/${id}`),
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
