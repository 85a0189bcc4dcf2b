import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { beatOf, createHeartbeat } from '../../src/alerts/index.ts'
import { UnavailableError } from '../../src/errors/index.ts'
import { done, reject, retry, snooze } from '../../src/messaging/index.ts'
import { silentLogger } from '../../src/runtime/index.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

const beating = () => {
  const said: string[] = []
  let away = false
  const bus = {
    emit: async (_contract: unknown, body: unknown) => {
      if (away) throw new Error('RabbitMQ is away')
      const { outcome, detail, nextDueAt } = body as {
        outcome: string
        detail: string | null
        nextDueAt: string | null
      }
      said.push(`${outcome}${detail ?? ''}${nextDueAt === null ? '' : ' due'}`)
    },
  }
  const beat = createHeartbeat({ bus, log: silentLogger() }, 'poster.publish', 60_000)
  const at = (seconds: number, outcome: 'succeeded' | 'failed' | 'skipped') => {
    vi.setSystemTime(seconds * 1_000)
    return beat({ outcome }, new Date())
  }
  return { said, at, setAway: (is: boolean) => void (away = is) }
}

test('each failure and each change is told at once, the rest once a minute', async () => {
  const { said, at } = beating()
  for (const second of [0, 1, 2]) await at(second, 'succeeded')
  await at(3, 'failed')
  await at(4, 'failed')
  await at(5, 'succeeded')
  for (const second of [6, 30, 66]) await at(second, 'succeeded')
  expect(said).toEqual(['succeeded due', 'failed due', 'failed due', 'succeeded due', 'succeeded (3 runs) due'])
})

test('what could not be told is counted in what is told next', async () => {
  const { said, at, setAway } = beating()
  setAway(true)
  for (const second of [0, 1, 2]) await at(second, 'failed')
  setAway(false)
  await at(3, 'failed')
  expect(said).toEqual(['failed (3 runs) due'])
})

test('waiting is a skip with its reason, and an error a failure with its category', () => {
  expect(beatOf(done)).toEqual({ outcome: 'succeeded' })
  expect(beatOf(snooze(new Date(), 'the pool is full'))).toEqual({ outcome: 'skipped', detail: 'the pool is full' })
  expect(beatOf(retry(new UnavailableError('database', 'away')))).toMatchObject({
    outcome: 'failed',
    category: 'database',
  })
  expect(beatOf(reject('no such account'))).toMatchObject({ outcome: 'failed', category: 'rejected' })
})
