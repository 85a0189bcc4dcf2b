import { CollectMetrics, JobRan, PauseAccount, newId } from '@surepost/shared/contracts'
import { done, handle } from '@surepost/shared/messaging'
import { eventually, isolate } from '@surepost/testkit'
import { expect, test } from 'vitest'
import { jobRan, pause } from '../fixtures/bodies.ts'
import { busOf, deadLettersOf, managementOf } from '../fixtures/bus.ts'
import { type Run, run } from '../fixtures/process.ts'

const env = await isolate()
const QUEUE = 'broker.control.0'
const worker = (more: Record<string, string> = {}): Run =>
  run('worker', { AMQP_URL: env.endpoints.amqpUrl, PREFETCH: '5', ...more })
const doneBy = (workers: readonly Run[]): string[] =>
  workers.flatMap(({ out }) => [...out().matchAll(/^DONE (.*):/gm)].map(([, name = '']) => name))

/** Start it again each time that it dies, as whatever supervises services does, until `settled`; returns its lives. */
const supervise = async (more: Record<string, string>, settled: (lives: readonly Run[]) => Promise<boolean>) => {
  const lives: Run[] = []
  const over = eventually(() => settled(lives), { timeoutMs: 150_000, everyMs: 200 })
  for (let code: number | null | true = 137; code === 137; ) {
    const life = worker(more)
    lives.push(life)
    code = await Promise.race([life.exit(), over])
  }
  await over
  return lives
}

test('a message that kills its process ends in the dead queue, alone, and its neighbours are done', async () => {
  const bus = await busOf(env)
  const dead = await deadLettersOf(env)
  const poison = newId()
  const neighbours = Array.from({ length: 12 }, (_, i) => `neighbour ${i}`)
  await bus.send(PauseAccount, pause('kill'), { shard: 0, id: poison })
  for (const name of neighbours) await bus.send(PauseAccount, pause(`${name}:200`), { shard: 0 })
  const lives = await supervise({}, async (all) => {
    const parked = await dead.list(QUEUE, 100)
    return parked.length > 0 && parked.length + new Set(doneBy(all)).size > neighbours.length
  })
  expect(await dead.list(QUEUE, 100)).toMatchObject([
    { id: poison, reason: expect.stringContaining('whatever handles it dies of it') },
  ])
  expect(new Set(doneBy(lives))).toEqual(new Set(neighbours))
  expect(lives).toHaveLength(20)
}, 180_000)

test('a fact that kills who applies it ends in the dead queue, alone, and all others of its batch are applied', async () => {
  const bus = await busOf(env)
  const dead = await deadLettersOf(env)
  const poison = newId()
  const others = Array.from({ length: 50 }, (_, i) => `fact ${i}`)
  await bus.emit(JobRan, jobRan('kill'), { id: poison })
  for (const name of others) await bus.emit(JobRan, jobRan(name))
  const lives = await supervise({ BATCHES: 'true', PREFETCH: '100' }, async (all) => {
    const parked = await dead.list('persister.facts', 100)
    return parked.length > 0 && others.every((name) => doneBy(all).includes(name))
  })
  expect(await dead.list('persister.facts', 100)).toMatchObject([{ id: poison }])
  expect(others.filter((name) => !doneBy(lives).includes(name))).toEqual([])
}, 180_000)

test('SIGTERM finishes what is in hand, hands back the rest untouched, and ends inside the grace period', async () => {
  const bus = await busOf(env)
  const names = Array.from({ length: 12 }, (_, i) => `job ${i}`)
  for (const name of names) await bus.send(PauseAccount, pause(`${name}:1000`), { shard: 0 })
  const first = worker({ SHUTDOWN_GRACE_MS: '20000' })
  for (const name of names.slice(0, 5)) await first.said(`BEGUN ${name}:1000`)
  const began = Date.now()
  first.child.kill('SIGTERM')
  expect(await first.exit()).toBe(0)
  expect(Date.now() - began).toBeLessThan(20_000)
  expect(first.err()).toBe('')
  // All that it began it ended: nothing is done twice, nothing is left undone.
  const second = worker()
  await eventually(() => doneBy([first, second]).length >= names.length, { timeoutMs: 60_000 })
  expect(doneBy([first, second]).toSorted()).toEqual(names.toSorted())
  second.child.kill('SIGTERM')
  expect(await second.exit()).toBe(0)
}, 120_000)

test('work that outlasts the grace period is left to the next process, and the stop does not wait for it', async () => {
  const bus = await busOf(env)
  await bus.send(PauseAccount, pause('endless:600000'), { shard: 0 })
  const first = worker({ SHUTDOWN_GRACE_MS: '1000' })
  await first.said('BEGUN endless:600000')
  const began = Date.now()
  first.child.kill('SIGTERM')
  expect(await first.exit()).toBe(1)
  expect(Date.now() - began).toBeLessThan(15_000)
  expect(first.err()).toContain('worker did not stop within 1000 ms (SHUTDOWN_GRACE_MS)')
  const second = worker()
  await second.said('BEGUN endless:600000')
}, 120_000)

test('a replay that is killed in the middle loses no dead letter, and the next one finishes it with the original bytes', async () => {
  const bus = await busOf(env)
  const dead = await deadLettersOf(env)
  const management = managementOf(env)
  const queue = 'scraper.metrics'
  const letters = new Map(Array.from({ length: 1_500 }, (_, i) => [newId(), `not a command: ${i}`]))
  await Promise.all(
    [...letters].map(([id, bytes]) =>
      management.put(`${queue}.dead`, bytes, { type: 'metrics.collect', message_id: id, headers: { version: 1 } }),
    ),
  )
  const waiting = async (): Promise<number> =>
    (await bus.deadLetters()).find((one) => one.queue === queue)?.messages ?? 0
  await eventually(async () => (await waiting()) === letters.size, { timeoutMs: 60_000 })
  const first = run('replayer', { AMQP_URL: env.endpoints.amqpUrl, QUEUE: queue })
  await first.said('STARTED')
  // Asked of the queue itself: the management API tells it seconds later, when all may be over.
  await eventually(async () => (await waiting()) < letters.size - 50, { timeoutMs: 60_000, everyMs: 1 })
  first.child.kill('SIGKILL')
  await first.exit()
  expect(first.out()).not.toContain('REPLAYED')
  const left = await eventually(async () => ((await waiting()) > 0 ? waiting() : undefined))
  expect(left).toBeLessThan(letters.size)
  await dead.replay(queue, 'all')
  expect(await waiting()).toBe(0)
  // They are malformed, so whoever takes them parks them again, as they are.
  await using _consumption = await bus.consume([handle(CollectMetrics, async () => done)], { prefetch: 100 })
  const parked = await eventually(
    async () => {
      const found = await dead.list(queue, 5_000)
      return new Set(found.map(({ id }) => id)).size === letters.size && found
    },
    { timeoutMs: 60_000 },
  )
  for (const { id, content } of parked) expect(content.toString()).toBe(letters.get(id))
  // One letter may have been sent and not taken when the process was killed.
  expect(parked.length).toBeLessThanOrEqual(letters.size + 1)
  await dead.discard(queue, 'all')
}, 180_000)
