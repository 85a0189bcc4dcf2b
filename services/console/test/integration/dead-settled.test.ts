import { CollectMetrics } from '@surepost/shared/contracts'
import { type Delivery, done, handle } from '@surepost/shared/messaging'
import { eventually, isolate } from '@surepost/testkit'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Letters, QUEUE, WAIT, lettersOf } from './dead-letters.ts'
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

test('a letter is replayed to its queue with its own id, and the others stay', async () => {
  const [first, second, third] = await letters.park('a', 'b', 'c')
  expect(await api.call('POST', `/v1/dead/${QUEUE}/replay`, { id: second })).toMatchObject({
    status: 200,
    body: { count: 1 },
  })
  const taken = Promise.withResolvers<string>()
  await using _taking = await api.bus.consume([handle(CollectMetrics, async ({ id }) => (taken.resolve(id), done))], {
    prefetch: 1,
  })
  expect(await taken.promise).toBe(second)
  expect((await letters.list(QUEUE)).map(({ id }: { id: string }) => id)).toEqual([first, third])
})

test('all letters of a queue are replayed, or discarded; of an empty one that is none', async () => {
  const ids = await letters.park('a', 'b', 'c')
  const taken = new Set<string>()
  expect((await api.call('POST', `/v1/dead/${QUEUE}/replay`, { all: true })).body).toEqual({ count: 3 })
  {
    await using _taking = await api.bus.consume([handle(CollectMetrics, async ({ id }) => (taken.add(id), done))], {
      prefetch: 5,
    })
    await eventually(() => taken.size === 3, WAIT)
  }
  expect(taken).toEqual(new Set(ids))
  await letters.park('d', 'e')
  expect((await api.call('POST', `/v1/dead/${QUEUE}/discard`, { all: true })).body).toEqual({ count: 2 })
  expect((await api.call('POST', `/v1/dead/${QUEUE}/discard`, { all: true })).body).toEqual({ count: 0 })
  expect(await letters.list(QUEUE)).toEqual([])
})

test('an edited replay is a new message that names its letter, which stays as it was', async () => {
  const [id = ''] = await letters.park('the handle is wrong')
  const { body: letter } = await api.call('GET', `/v1/dead/${QUEUE}/${id}`)
  const taken = Promise.withResolvers<Delivery<{ handle: string }>>()
  await using _taking = await api.bus.consume(
    [handle(CollectMetrics, async (delivery) => (taken.resolve(delivery), done))],
    { prefetch: 1 },
  )
  const sent = await api.call('POST', `/v1/dead/${QUEUE}/${id}/replay`, { body: { ...letter.body, handle: 'ada' } })
  expect([sent.status, sent.body.original]).toEqual([200, id])
  const delivery = await taken.promise
  expect(delivery).toMatchObject({ id: sent.body.id, attempt: 1, correlationId: letter.correlationId })
  expect(delivery.body).toEqual({ ...letter.body, handle: 'ada' })
  expect(sent.body.id).not.toBe(id)
  expect((await api.call('GET', `/v1/dead/${QUEUE}/${id}`)).body).toEqual(letter)
})

test('an edit that its contract does not allow is refused with where, and nothing is sent', async () => {
  const [id = ''] = await letters.park('why')
  const { body: letter } = await api.call('GET', `/v1/dead/${QUEUE}/${id}`)
  const edited = { ...letter.body, account: 'No Body' }
  const refused = await api.call('POST', `/v1/dead/${QUEUE}/${id}/replay`, { body: edited })
  expect([refused.status, refused.body.errors[0].path]).toEqual([422, 'body.account'])
  expect((await api.call('POST', `/v1/dead/${QUEUE}/${id}/replay`, { body: 'text' })).status).toBe(422)
  expect((await api.call('POST', `/v1/dead/${QUEUE}/none/replay`, { body: letter.body })).status).toBe(404)
  expect(await letters.count(QUEUE)).toBe(1)
  await eventually(async () => {
    const { body } = await api.call('GET', '/v1/queues')
    return body.queues.some(({ name, ready }: { name: string; ready: number }) => name === QUEUE && ready === 0)
  }, WAIT)
})
