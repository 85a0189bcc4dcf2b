import { PauseAccount, newId } from '@surepost/shared/contracts'
import { ContractError } from '@surepost/shared/errors'
import { type Bus, deadLetterAlert, done, handle, reject } from '@surepost/shared/messaging'
import { eventually, isolate } from '@surepost/testkit'
import { beforeEach, expect, test } from 'vitest'
import { pause } from '../fixtures/bodies.ts'
import { busOf, deadLettersOf, managementOf } from '../fixtures/bus.ts'

const env = await isolate()
const QUEUE = 'broker.control.0'

const park = async (bus: Bus, reasons: readonly string[]): Promise<readonly string[]> => {
  const ids = reasons.map(() => newId())
  await using _consumption = await bus.consume(
    [handle(PauseAccount, async ({ body }) => reject(`no: ${body.reason}`))],
    {
      prefetch: 1,
    },
  )
  for (const [i, reason] of reasons.entries())
    await bus.send(PauseAccount, pause(reason), { shard: 0, id: ids[i] ?? '' })
  const dead = await deadLettersOf(env)
  await eventually(async () => (await dead.list(QUEUE, 100)).length === reasons.length)
  return ids
}

beforeEach(async () => void (await (await deadLettersOf(env)).discard(QUEUE, 'all')))

test('dead letters are counted and listed oldest first, and stay however often they are looked at', async () => {
  const bus = await busOf(env)
  const ids = await park(bus, ['a', 'b', 'c'])
  const dead = await deadLettersOf(env)
  for (let look = 0; look < 25; look++) expect((await dead.list(QUEUE, 2)).map(({ id }) => id)).toEqual(ids.slice(0, 2))
  expect(await dead.counts()).toContainEqual({ queue: QUEUE, messages: 3 })
  expect(await dead.counts()).toContainEqual({ queue: 'scraper.metrics', messages: 0 })
  expect(await dead.get(QUEUE, ids[1] ?? '')).toMatchObject({ id: ids[1], reason: 'no: b' })
  expect(await dead.get(QUEUE, newId())).toBeUndefined()
})

test('one of them is replayed as a first attempt with its own id, the others stay', async () => {
  const bus = await busOf(env)
  const ids = await park(bus, ['a', 'b', 'c'])
  const dead = await deadLettersOf(env)
  expect(await dead.replay(QUEUE, { id: ids[1] ?? '' })).toBe(1)
  const taken = Promise.withResolvers<object>()
  await bus.consume([handle(PauseAccount, async (delivery) => (taken.resolve(delivery), done))], { prefetch: 1 })
  expect(await taken.promise).toMatchObject({ id: ids[1], attempt: 1, body: pause('b') })
  expect((await dead.list(QUEUE, 10)).map(({ id }) => id)).toEqual([ids[0], ids[2]])
})

test('a replay begins to count anew', async () => {
  const bus = await busOf(env)
  const dead = await deadLettersOf(env)
  const headers = {
    version: 1,
    attempt: 4,
    'dead-reason': 'all 4 attempts failed',
    'not-before': '2126-01-01T00:00:00.000Z',
  }
  const properties = { type: 'account.pause', message_id: newId(), headers }
  await managementOf(env).put(`${QUEUE}.dead`, JSON.stringify(pause('x')), properties)
  await eventually(async () => (await dead.list(QUEUE, 10))[0]?.attempts === 4)
  expect(await dead.replay(QUEUE, 'all')).toBe(1)
  const taken = Promise.withResolvers<object>()
  await bus.consume([handle(PauseAccount, async (delivery) => (taken.resolve(delivery), done))], { prefetch: 1 })
  expect(await taken.promise).toMatchObject({ id: properties.message_id, attempt: 1 })
})

test('replaying all of them ends, also when every one is parked again', async () => {
  const bus = await busOf(env)
  const ids = await park(bus, ['a', 'b', 'c'])
  const dead = await deadLettersOf(env)
  await bus.consume([handle(PauseAccount, async () => reject('still no'))], { prefetch: 5 })
  expect(await dead.replay(QUEUE, 'all')).toBe(3)
  const letters = await eventually(async () => {
    const found = await dead.list(QUEUE, 10)
    return found.length === 3 && found
  })
  expect(letters.map(({ id }) => id).sort()).toEqual([...ids].sort())
  expect(letters.map(({ reason }) => reason)).toEqual(['still no', 'still no', 'still no'])
})

test('whoever empties a dead queue clears its alert, and not before it is empty', async () => {
  const bus = await busOf(env)
  const [first] = await park(bus, ['a', 'b'])
  const cleared: unknown[] = []
  await bus.watchFacts(({ type, body }) => {
    if (type === 'alert.cleared') cleared.push((body as { key: unknown }).key)
  })
  const dead = await deadLettersOf(env)
  expect(await dead.discard(QUEUE, { id: first ?? '' })).toBe(1)
  expect(await dead.discard(QUEUE, 'all')).toBe(1)
  await eventually(() => cleared.length > 0)
  expect(cleared).toEqual([deadLetterAlert(QUEUE)])
  expect(await dead.discard(QUEUE, 'all')).toBe(0)
})

test('what was parked before the queue was emptied, and is told after it, does not raise the alert again', async () => {
  const facts: { readonly type: string; readonly body: { readonly at: string; readonly key: string } }[] = []
  const watching = await busOf(env)
  await watching.watchFacts((fact) => void facts.push(fact as (typeof facts)[number]))
  const alertsOf = (type: string) =>
    facts.filter((fact) => fact.type === type && fact.body.key === deadLetterAlert(QUEUE))
  {
    // The first is told at once; the second is held back, and told when this bus ends.
    await using bus = await busOf(env)
    await park(bus, ['a', 'b'])
    expect(await (await deadLettersOf(env)).discard(QUEUE, 'all')).toBe(2)
    await eventually(() => alertsOf('alert.cleared').length === 1)
    expect(alertsOf('alert.raised')).toHaveLength(1)
  }
  const [, late] = await eventually(() => alertsOf('alert.raised').length === 2 && alertsOf('alert.raised'))
  const [cleared] = alertsOf('alert.cleared')
  expect((late?.body.at ?? '') < (cleared?.body.at ?? '')).toBe(true)
})

test('a queue that there is not is refused with those that there are', async () => {
  const dead = await deadLettersOf(env)
  await expect(dead.list('poster.publish', 10)).rejects.toThrow(ContractError)
  await expect(dead.list('poster.publish', 10)).rejects.toThrow('poster.publish.0')
})
