import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { JobRan, MentionHarvested, newId } from '@surepost/shared/contracts'
import { UnavailableError, messageOf } from '@surepost/shared/errors'
import { type Bus, done } from '@surepost/shared/messaging'
import { eventually, isolate } from '@surepost/testkit'
import { afterAll, expect, test } from 'vitest'
import { jobRan, mention } from '../fixtures/bodies.ts'
import { busOf } from '../fixtures/bus.ts'

// The broker of all test files is killed here: this kind of test runs alone.
const env = await isolate()
afterAll(() => env.startDependency('rabbitmq'))

/** Say it until it is confirmed, with one id, as everything does that must not lose what it says. */
const surely = async (bus: Bus, id: string, counts: { given: number }): Promise<void> => {
  for (;;) {
    try {
      return await bus.emit(JobRan, jobRan('x'), { id })
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error
      counts.given += 1
    }
  }
}

test('RabbitMQ is killed again and again under load: all that was confirmed is there, and every sender got an answer', async () => {
  const bus = await busOf(env)
  const ids: string[] = []
  const counts = { given: 0 }
  const stop = new AbortController()
  // Two hundred senders, each with one message at a time: as many as are in flight at the moment of each death.
  const senders = Array.from({ length: 200 }, async () => {
    while (!stop.signal.aborted) {
      const id = newId()
      await surely(bus, id, counts)
      ids.push(id)
    }
  })
  for (let death = 1; death <= 3; death += 1) {
    const from = ids.length
    await eventually(() => ids.length > from + 3_000, { timeoutMs: 120_000 })
    await env.stopDependency('rabbitmq', { hard: true })
    await eventually(async () => (await bus.health()).length > 0)
    await env.startDependency('rabbitmq')
  }
  stop.abort()
  await Promise.all(senders)
  await eventually(async () => (await bus.health()).length === 0, { timeoutMs: 60_000 })
  const seen = new Map<string, number>()
  await bus.consumeFactBatches(
    'persister.facts',
    async (batch) => {
      for (const { id } of batch) seen.set(id, (seen.get(id) ?? 0) + 1)
      return batch.map(() => done)
    },
    { max: 500, lingerMs: 10 },
  )
  await eventually(() => ids.every((id) => seen.has(id)), { timeoutMs: 120_000 })
  const repeats = [...seen.values()].reduce((sum, n) => sum + n - 1, 0)
  // Only what was in flight at a death may have arrived twice.
  expect(repeats).toBeLessThanOrEqual(3 * 200 + counts.given)
}, 300_000)

// Only what is still held is of interest, not what the collector has not come to yet.
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const heldBytes = (): number => {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
const MB = 1024 * 1024

test.each([
  ['small', 600, 40_000],
  ['large', 25_000, 4_000],
])(
  'a memory alarm slows senders of %s messages down: nothing is lost, memory is bounded, consumers go on',
  async (_, size, count) => {
    const bus = await busOf(env)
    const taken = new Set<string>()
    await bus.consumeFactBatches(
      'persister.facts',
      async (batch) => {
        for (const { id } of batch) taken.add(id)
        return batch.map(() => done)
      },
      { max: 500, lingerMs: 10 },
    )
    const before = newId()
    await bus.emit(MentionHarvested, mention('x'), { id: before })
    const confirmed: string[] = []
    let refused = 0
    let sentence = ''
    const say = async (id: string): Promise<void> =>
      bus.emit(MentionHarvested, mention('€'.repeat(size)), { id }).then(
        () => void confirmed.push(id),
        (error: unknown) => {
          refused += 1
          sentence = messageOf(error)
        },
      )
    const saying: Promise<void>[] = []
    try {
      await env.setMemoryAlarm(true)
      // The broker tells a connection that it is blocked when something is published on it.
      saying.push(say(newId()))
      const trouble = await eventually(async () => (await bus.health())[0])
      expect(trouble).toMatch(/^RabbitMQ blocks publishers because of an alarm/)
      const held = heldBytes()
      // A sender that waits for nothing, as none should.
      for (let n = 0; n < count; n += 500) {
        for (let i = 0; i < 500; i += 1) saying.push(say(newId()))
        await new Promise(setImmediate)
      }
      expect(sentence).toMatch(/^\d+ messages \(\d+ bytes\) wait to be published already: RabbitMQ blocks publishers/)
      expect(heldBytes() - held).toBeLessThan(120 * MB)
      expect(confirmed).toEqual([])
      expect(taken).toContain(before)
    } finally {
      await env.setMemoryAlarm(false)
    }
    await Promise.all(saying)
    expect(confirmed.length + refused).toBe(count + 1)
    expect(confirmed.length).toBeGreaterThan(500)
    await eventually(() => confirmed.every((id) => taken.has(id)), { timeoutMs: 60_000 })
  },
  180_000,
)
