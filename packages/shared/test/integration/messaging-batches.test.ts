import { JobRan, newId } from '@surepost/shared/contracts'
import {
  type QueuedFact,
  type Bus,
  type Outcome,
  type RecordedFact,
  done,
  reject,
  retry,
} from '@surepost/shared/messaging'
import { aborted, createLogger } from '@surepost/shared/runtime'
import { eventually, isolate } from '@surepost/testkit'
import { expect, test } from 'vitest'
import { jobRan } from '../fixtures/bodies.ts'
import { busOf, deadLettersOf, managementOf, shortenRungs } from '../fixtures/bus.ts'

const env = await isolate()
const QUEUE = 'persister.facts'
const OPTIONS = { max: 10, lingerMs: 100 }

const emit = async (bus: Bus, details: readonly string[]): Promise<readonly string[]> => {
  const ids = details.map(() => newId())
  await Promise.all(details.map((detail, i) => bus.emit(JobRan, jobRan(detail), { id: ids[i] ?? '' })))
  return ids
}
const detailOf = ({ body }: RecordedFact): string => String((body as { detail: unknown }).detail)
const numbered = (n: number): readonly string[] => Array.from({ length: n }, (_, i) => String(i))

test('facts come in batches, in order, no fuller than asked for, two batches at a time', async () => {
  const bus = await busOf(env)
  await emit(bus, numbered(35))
  const batches: string[][] = []
  const open: (() => void)[] = []
  await bus.consumeFactBatches(
    QUEUE,
    async (batch) => {
      batches.push(batch.map(detailOf))
      await new Promise<void>((resolve) => open.push(resolve))
      return batch.map(() => done)
    },
    OPTIONS,
  )
  // Two are begun, and the third only when one of them has ended.
  await eventually(() => batches.length === 2)
  expect(batches.length).toBe(2)
  await eventually(() => {
    open.splice(0).forEach((end) => end())
    return batches.flat().length === 35
  })
  open.forEach((end) => end())
  expect(batches.map((batch) => batch.length)).toEqual([10, 10, 10, 5])
  expect(batches.flat()).toEqual(numbered(35))
})

test('a lone fact waits no longer than the linger', async () => {
  const bus = await busOf(env)
  const taken = Promise.withResolvers<number>()
  await bus.consumeFactBatches(QUEUE, async (batch) => (taken.resolve(batch.length), batch.map(() => done)), OPTIONS)
  const sentAt = Date.now()
  await emit(bus, ['alone'])
  expect(await taken.promise).toBe(1)
  expect(Date.now() - sentAt).toBeLessThan(2_000)
})

test('a fact says how large it came', async () => {
  const bus = await busOf(env)
  const taken = Promise.withResolvers<QueuedFact | undefined>()
  await bus.consumeFactBatches(QUEUE, async (batch) => (taken.resolve(batch[0]), batch.map(() => done)), OPTIONS)
  await emit(bus, ['alone'])
  const fact = await taken.promise
  expect(fact?.bytes).toBe(Buffer.byteLength(JSON.stringify(fact?.body)))
})

test('one poisonous fact is parked, the rest is applied, and what failed comes again', async () => {
  await shortenRungs(env, 100, ['surepost.delay.facts.1s'])
  const warnings: string[] = []
  const log = createLogger('tester', 'warn', { write: (line) => void warnings.push(line) })
  const bus = await busOf(env, { log })
  const dead = await deadLettersOf(env)
  const [, poison] = await emit(bus, ['good', 'poison', 'shy', 'good too'])
  const applied: string[] = []
  let shy = true
  const outcomeOf = (fact: RecordedFact): Outcome => {
    if (detailOf(fact) === 'poison') return reject('SQLSTATE 22P02')
    if (detailOf(fact) === 'shy' && shy) {
      shy = false
      return retry(new Error('not yet'))
    }
    applied.push(detailOf(fact))
    return done
  }
  await bus.consumeFactBatches(QUEUE, async (batch) => batch.map(outcomeOf), OPTIONS)
  await eventually(() => applied.includes('shy'))
  // The alert about the parked one is a fact as well and was applied here.
  expect(applied.filter((detail) => detail !== 'undefined')).toEqual(['good', 'good too', 'shy'])
  const letters = await eventually(async () => {
    const found = await dead.list(QUEUE, 10)
    return found.length > 0 && found
  })
  expect(letters).toMatchObject([{ id: poison, reason: 'SQLSTATE 22P02' }])
  // Acking the good ones acked them only: a second ack of another would have cost the channel.
  expect(warnings.filter((line) => line.includes('is not there'))).toEqual([])
  await dead.discard(QUEUE, 'all')
})

test('a batch stays in hand while it is applied, and comes back when the connection is lost, at no cost', async () => {
  const bus = await busOf(env)
  const management = managementOf(env)
  const [id] = await emit(bus, ['held'])
  const seen: string[] = []
  const interrupted = Promise.withResolvers<void>()
  await bus.consumeFactBatches(
    QUEUE,
    async (batch, { signal }) => {
      for (const fact of batch) if (fact.id === id) seen.push(fact.id)
      if (seen.length === 1) {
        await aborted(signal)
        interrupted.resolve()
        throw new Error('interrupted')
      }
      return batch.map(() => done)
    },
    OPTIONS,
  )
  await eventually(() => seen.length === 1)
  await management.closeConnections()
  await interrupted.promise
  await eventually(() => seen.length === 2)
})

test('outcomes that do not fit the batch are a failure of all of it, not a loss', async () => {
  await shortenRungs(env, 100, ['surepost.delay.facts.1s'])
  const bus = await busOf(env)
  await emit(bus, ['a', 'b'])
  const applied = new Set<string>()
  let wrong = true
  await bus.consumeFactBatches(
    QUEUE,
    async (batch) => {
      if (wrong) {
        wrong = false
        return []
      }
      for (const fact of batch) applied.add(detailOf(fact))
      return batch.map(() => done)
    },
    OPTIONS,
  )
  await eventually(() => applied.has('a') && applied.has('b'))
})

test('a consumer that is paused takes nothing until it is resumed', async () => {
  const bus = await busOf(env)
  const applied: string[] = []
  const consumption = await bus.consumeFactBatches(
    QUEUE,
    async (batch) => (applied.push(...batch.map(detailOf)), batch.map(() => done)),
    { max: 10, lingerMs: 0 },
  )
  await emit(bus, ['one'])
  await eventually(() => applied.length === 1)
  await consumption.pause()
  expect(consumption.paused).toBe(true)
  await emit(bus, ['two'])
  // Paused also means paused after the connection was built anew.
  await managementOf(env).closeConnections()
  await eventually(async () => (await bus.health()).length === 0)
  expect(applied).toEqual(['one'])
  await consumption.resume()
  await eventually(() => applied.length === 2)
})
