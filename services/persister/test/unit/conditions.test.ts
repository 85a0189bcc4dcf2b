import type { Database } from '@surepost/shared/database'
import { silentLogger } from '@surepost/shared/runtime'
import { eventually } from '@surepost/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { databaseAway, recordQueueOld } from '../../src/conditions/condition.ts'
import { watchConditions } from '../../src/conditions/watch.ts'
import { createOutage } from '../../src/handlers/outage.ts'
import { createQueueAge } from '../../src/handlers/queue-age.ts'

const SECOND = 1_000

describe('an outage of the database', () => {
  it('is a condition when it lasts, with its first cause, until its end', () => {
    let now = 0
    const outage = createOutage(silentLogger(), () => now)
    const { sentence } = databaseAway(outage)
    expect(sentence()).toBeUndefined()
    outage.began(new Error('connection refused'))
    now = 9 * SECOND
    outage.began(new Error('still away'))
    expect(sentence()).toBeUndefined()
    now = 10 * SECOND
    expect(sentence()).toContain('connection refused')
    outage.ended()
    expect(sentence()).toBeUndefined()
  })
})

describe('the age of the queue', () => {
  const at = (ms: number) => ({ sentAt: new Date(ms) })
  let now = 100 * SECOND
  const waiting = () => {
    const age = createQueueAge(() => now)
    return { age, sentence: recordQueueOld(age, 60 * SECOND).sentence }
  }

  it('is that of the oldest fact in hand, or of one that was since the last look', () => {
    now = 100 * SECOND
    const { age } = waiting()
    expect(age.oldest()).toBe(0)
    const release = age.taken([at(80 * SECOND), at(70 * SECOND), at(90 * SECOND)])
    expect(age.oldest()).toBe(30 * SECOND)
    now = 110 * SECOND
    expect(age.oldest()).toBe(40 * SECOND)
    release()
    expect(age.oldest()).toBe(40 * SECOND)
    expect(age.oldest()).toBe(0)
  })

  it('is a condition from the second look on, while a batch is held and while old ones keep coming', () => {
    now = 100 * SECOND
    const { age, sentence } = waiting()
    const release = age.taken([at(0)])
    expect(sentence()).toBeUndefined()
    expect(sentence()).toContain('Facts wait for 100 s')
    release()
    age.taken([at(1 * SECOND)])()
    expect(sentence()).toContain('Facts wait for 100 s')
    age.taken([at(99 * SECOND)])()
    expect(sentence()).toBeUndefined()
  })

  it('is none for an old fact that comes alone, as a replayed dead letter does', () => {
    now = 100 * SECOND
    const { age, sentence } = waiting()
    age.taken([at(0)])()
    expect([sentence(), sentence(), sentence()]).toEqual([undefined, undefined, undefined])
  })
})

describe('a condition that is watched', () => {
  const watching = (options: { active?: boolean; repeatMs?: number; failing?: () => boolean } = {}) => {
    const state = { wrong: undefined as string | undefined }
    const said: string[] = []
    const watch = watchConditions(
      [{ key: 'some:thing', severity: 'warning', sentence: () => state.wrong }],
      {
        bus: {
          emit: async (_contract, body) => {
            if (options.failing?.() === true) throw new Error('RabbitMQ is away')
            said.push((body as { sentence?: string }).sentence ?? 'cleared')
          },
        },
        database: { read: async () => (options.active === true ? { key: 'some:thing' } : null) } as unknown as Database,
        log: silentLogger(),
      },
      { everyMs: 1, ...(options.repeatMs === undefined ? {} : { repeatMs: options.repeatMs }) },
    )
    onTestFinished(() => watch[Symbol.asyncDispose]())
    return { state, said }
  }

  it('is raised once, and cleared once at its end', async () => {
    const { state, said } = watching()
    state.wrong = 'it burns'
    await eventually(() => said.length > 0)
    state.wrong = undefined
    await eventually(() => said.length > 1)
    state.wrong = 'again'
    await eventually(() => said.length > 2)
    expect(said).toEqual(['it burns', 'cleared', 'again'])
  })

  it('is raised again while it lasts, since another replica may have cleared it', async () => {
    const { state, said } = watching({ repeatMs: 5 })
    state.wrong = 'it burns'
    await eventually(() => said.length > 2)
    expect(new Set(said)).toEqual(new Set(['it burns']))
  })

  it('is told when RabbitMQ takes it at last', async () => {
    let tries = 0
    const { state, said } = watching({ failing: () => (tries += 1) < 5 })
    state.wrong = 'it burns'
    await eventually(() => said.length > 0)
    expect(said).toEqual(['it burns'])
  })

  it('is cleared when a process before this one raised it and died', async () => {
    const { said } = watching({ active: true })
    await eventually(() => said.length > 0)
    expect(said).toEqual(['cleared'])
  })
})
