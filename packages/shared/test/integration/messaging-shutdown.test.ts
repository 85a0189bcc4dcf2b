import { JobRan, PauseAccount, ResumeAccount, newId } from '@surepost/shared/contracts'
import { done, handle } from '@surepost/shared/messaging'
import { Registry, aborted, silentLogger } from '@surepost/shared/runtime'
import { eventually, isolate } from '@surepost/testkit'
import { expect, test } from 'vitest'
import { Batcher } from '../../src/messaging/batches.ts'
import { Transport } from '../../src/messaging/transport.ts'
import { jobRan, pause, resume } from '../fixtures/bodies.ts'
import { busOf, closing } from '../fixtures/bus.ts'

const env = await isolate()

test('closing finishes what is in flight, its sends included, and hands back the rest', async () => {
  const bus = await busOf(env)
  const begun: string[] = []
  const finished: string[] = []
  const mayFinish = Promise.withResolvers<void>()
  await bus.consume(
    [
      handle(PauseAccount, async ({ body }) => {
        begun.push(body.reason)
        await mayFinish.promise
        await bus.emit(JobRan, jobRan(body.reason))
        finished.push(body.reason)
        return done
      }),
    ],
    { prefetch: 3 },
  )
  for (let i = 0; i < 10; i++) await bus.send(PauseAccount, pause(String(i)), { shard: 0 })
  await eventually(() => begun.length === 3)
  const closed = bus[Symbol.asyncDispose]()
  setTimeout(() => mayFinish.resolve(), 300)
  await closed
  expect(finished).toEqual(begun)

  const next = await busOf(env)
  const recorded: string[] = []
  await next.consumeFactBatches(
    'persister.facts',
    async (batch) => {
      recorded.push(...batch.map(({ body }) => String((body as { detail: unknown }).detail)))
      return batch.map(() => done)
    },
    { max: 10, lingerMs: 0 },
  )
  const rest: string[] = []
  await next.consume([handle(PauseAccount, async ({ body }) => (rest.push(body.reason), done))], { prefetch: 3 })
  await eventually(() => rest.length === 7)
  expect([...finished, ...rest].sort()).toEqual(Array.from({ length: 10 }, (_, i) => String(i)))
  await eventually(() => recorded.length === 3)
})

test('a handler that stops because it was told to has its message handed back, not failed', async () => {
  const bus = await busOf(env)
  const begun = Promise.withResolvers<void>()
  await bus.consume(
    [
      handle(ResumeAccount, async (_, { signal }) => {
        begun.resolve()
        await aborted(signal)
        signal.throwIfAborted()
        return done
      }),
    ],
    { prefetch: 1 },
  )
  const id = newId()
  await bus.send(ResumeAccount, resume(), { shard: 0, id })
  await begun.promise
  await bus[Symbol.asyncDispose]()
  const next = await busOf(env)
  const taken = Promise.withResolvers<object>()
  await next.consume([handle(ResumeAccount, async (delivery) => (taken.resolve(delivery), done))], { prefetch: 1 })
  expect(await taken.promise).toMatchObject({ id, attempt: 1 })
})

test('when the service ends all its consumers stop at once, not one after the other', async () => {
  const stopping = new AbortController()
  const bus = await busOf(env, { scope: { signal: stopping.signal, readyWhen: () => {} } })
  const begun = Promise.withResolvers<void>()
  const told = Promise.withResolvers<void>()
  // The one that is disposed of last, as a service does it: the first that was taken into use.
  await bus.consume(
    [
      handle(ResumeAccount, async (_, { signal }) => {
        begun.resolve()
        await aborted(signal)
        told.resolve()
        return done
      }),
    ],
    { prefetch: 1 },
  )
  await bus.send(ResumeAccount, resume(), { shard: 0 })
  await begun.promise
  stopping.abort(new Error('the service is shutting down'))
  await told.promise
})

test('closing with nothing to do, twice, is quick', async () => {
  const bus = await busOf(env)
  const began = Date.now()
  await Promise.all([bus[Symbol.asyncDispose](), bus[Symbol.asyncDispose]()])
  expect(Date.now() - began).toBeLessThan(1_000)
})

test('a batch that is in hand too long is put aside with copies, at no attempt, and the next one is taken', async () => {
  const log = silentLogger()
  const transport = new Transport({
    url: env.endpoints.amqpUrl,
    service: 'tester',
    shards: 1,
    log,
    registry: new Registry(),
  })
  closing({ [Symbol.asyncDispose]: () => transport.close() })
  await transport.connected()
  const { publisher, alerts, metrics, consuming: link } = transport
  const applied: string[] = []
  const held: string[] = []
  const batcher = closing(
    new Batcher({
      queue: 'persister.facts',
      domain: 'facts',
      service: 'tester',
      publisher,
      alerts,
      metrics,
      log,
      link,
      redeclare: (connected) => transport.redeclare(connected),
      facts: [JobRan],
      max: 2,
      lingerMs: 0,
      holdMs: 300,
      heldRestMs: 1_000,
      apply: async (batch, { signal }) => {
        if (held.length === 0) {
          held.push(...batch.map(({ id }) => id))
          await aborted(signal)
          signal.throwIfAborted()
        }
        applied.push(...batch.map(({ id }) => id))
        return batch.map(() => done)
      },
    }),
  )
  await batcher.subscription.ready(new AbortController().signal)
  const bus = await busOf(env)
  const ids = await Promise.all(
    ['a', 'b', 'c', 'd'].map(async (detail) => {
      const id = newId()
      await bus.emit(JobRan, jobRan(detail), { id })
      return id
    }),
  )
  await eventually(() => ids.every((id) => applied.includes(id)))
  for (const id of held) expect(applied.filter((one) => one === id)).toHaveLength(1)
})
