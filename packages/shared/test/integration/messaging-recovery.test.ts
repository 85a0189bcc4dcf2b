import { JobRan, PauseAccount, newId } from '@surepost/shared/contracts'
import { type Bus, done, handle } from '@surepost/shared/messaging'
import { Registry, aborted } from '@surepost/shared/runtime'
import { eventually, isolate } from '@surepost/testkit'
import { expect, test } from 'vitest'
import { jobRan, pause } from '../fixtures/bodies.ts'
import { busOf, closing, managementOf, proxyOf } from '../fixtures/bus.ts'

const env = await isolate()
const management = managementOf(env)

/** Collects the facts that reach the persister's queue. */
const collecting = async (bus: Bus): Promise<ReadonlySet<string>> => {
  const seen = new Set<string>()
  const apply: Parameters<Bus['consumeFactBatches']>[1] = async (batch) => {
    for (const { id } of batch) seen.add(id)
    return batch.map(() => done)
  }
  await bus.consumeFactBatches('persister.facts', apply, { max: 50, lingerMs: 10 })
  return seen
}

/** Publishes facts steadily until it is stopped; every one must be confirmed in the end. */
const publishing = (bus: Bus): { readonly stop: () => Promise<readonly string[]>; readonly sent: () => number } => {
  const ids: string[] = []
  const confirms: Promise<void>[] = []
  const timer = setInterval(() => {
    for (let i = 0; i < 10; i++) {
      const id = newId()
      ids.push(id)
      confirms.push(bus.emit(JobRan, jobRan('x'), { id }))
    }
  }, 2)
  const stop = async (): Promise<readonly string[]> => {
    clearInterval(timer)
    await Promise.all(confirms)
    return ids
  }
  return { stop, sent: () => ids.length }
}

test('every connection closed by the broker, again and again, loses nothing and needs no help', async () => {
  const registry = new Registry()
  const bus = await busOf(env, { registry })
  const seen = await collecting(bus)
  const publisher = publishing(bus)
  for (let round = 1; round <= 3; round++) {
    await eventually(() => publisher.sent() > round * 500)
    await management.closeConnections()
  }
  const ids = await publisher.stop()
  await eventually(() => ids.every((id) => seen.has(id)))
  expect(await bus.health()).toEqual([])
  expect(await registry.metrics()).toMatch(/surepost_amqp_connections_total\{role="publish"\} ([3-9]|\d\d)/)
})

test('a network that breaks without a goodbye loses nothing', async () => {
  const proxy = closing(await proxyOf(env))
  const bus = await busOf(env, { url: proxy.url })
  const seen = await collecting(bus)
  const publisher = publishing(bus)
  for (let round = 1; round <= 3; round++) {
    const from = publisher.sent()
    await eventually(() => publisher.sent() > from + 500)
    proxy.cut()
  }
  const ids = await publisher.stop()
  await eventually(() => ids.every((id) => seen.has(id)))
})

test('a queue that is deleted under its consumer is declared again and consumed again', async () => {
  const bus = await busOf(env)
  const taken: string[] = []
  await bus.consume([handle(PauseAccount, async ({ body }) => (taken.push(body.reason), done))], { prefetch: 5 })
  await management.deleteQueue('broker.control.0')
  await eventually(() => bus.send(PauseAccount, pause('after'), { shard: 0 }).then(() => true))
  await eventually(() => taken.includes('after'))
  expect(await bus.health()).toEqual([])
})

test('a handler whose channel is lost is told, and its message comes back once the channel is there again', async () => {
  const bus = await busOf(env)
  const interrupted = Promise.withResolvers<void>()
  const attempts: number[] = []
  await bus.consume(
    [
      handle(PauseAccount, async ({ attempt }, { signal }) => {
        attempts.push(attempt)
        if (attempts.length > 1) return done
        await aborted(signal)
        interrupted.resolve()
        throw new Error('interrupted')
      }),
    ],
    { prefetch: 5 },
  )
  await bus.send(PauseAccount, pause('x'), { shard: 0 })
  await eventually(() => attempts.length === 1)
  await management.closeConnections()
  await interrupted.promise
  await eventually(() => attempts.length === 2)
  // Interrupted is not failed.
  expect(attempts).toEqual([1, 1])
})

test('with RabbitMQ away at the start it waits, tells why, and works when it is there', async () => {
  const proxy = closing(await proxyOf(env))
  proxy.refuse(true)
  const checks: (() => readonly string[] | Promise<readonly string[]>)[] = []
  const scope = {
    signal: new AbortController().signal,
    readyWhen: (check: (typeof checks)[number]) => void checks.push(check),
  }
  const connecting = busOf(env, { url: proxy.url, scope })
  const [sentence] = await eventually(async () => {
    const sentences = await checks[0]?.()
    return sentences?.[0]?.includes('is not there') === true && sentences
  })
  expect(sentence).toMatch(
    /^The publish connection to RabbitMQ at 127\.0\.0\.1:\d+\/\S+ is not there: .*tried again by itself\.$/,
  )
  expect(sentence).not.toContain(new URL(proxy.url).password)
  proxy.refuse(false)
  const bus = await connecting
  await bus.emit(JobRan, jobRan('at last'))
  expect(await checks[0]?.()).toEqual([])
})

test('waiting for RabbitMQ ends with the service', async () => {
  const proxy = closing(await proxyOf(env))
  proxy.refuse(true)
  const stop = new AbortController()
  const connecting = busOf(env, { url: proxy.url, scope: { signal: stop.signal, readyWhen: () => {} } })
  stop.abort(new Error('the service is shutting down'))
  await expect(connecting).rejects.toThrow('the service is shutting down')
})

test('a start that waits to consume ends with the service as well', async () => {
  const proxy = closing(await proxyOf(env))
  const stop = new AbortController()
  const bus = await busOf(env, { url: proxy.url, scope: { signal: stop.signal, readyWhen: () => {} } })
  proxy.refuse(true)
  proxy.cut()
  await eventually(async () => (await bus.health()).length > 0)
  const consuming = bus.consume([handle(PauseAccount, async () => done)], { prefetch: 1 })
  stop.abort(new Error('the service is shutting down'))
  await expect(consuming).rejects.toThrow('the service is shutting down')
  proxy.refuse(false)
})
