import { watchConditions } from '@surepost/shared/alerts'
import { ALERTS } from '@surepost/shared/contracts'
import type { Database } from '@surepost/shared/database'
import { silentLogger } from '@surepost/shared/runtime'
import { eventually } from '@surepost/testkit'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  databaseAway,
  limitsClosed,
  liveUnrecorded,
  recordQueueGrowing,
  recordQueueOld,
} from '../../src/conditions/condition.ts'
import { createLiveWatch } from '../../src/handlers/live.ts'
import { createOutage } from '../../src/handlers/outage.ts'
import { createQueueAge } from '../../src/handlers/queue-age.ts'

const SECOND = 1_000

describe('an outage of the database', () => {
  it('is a condition when it lasts, with its first cause, until its end', () => {
    let now = 0
    const outage = createOutage(silentLogger(), () => now)
    const { what } = databaseAway(outage)
    expect(what()).toBeUndefined()
    outage.began(new Error('connection refused'))
    now = 9 * SECOND
    outage.began(new Error('still away'))
    expect(what()).toBeUndefined()
    now = 10 * SECOND
    expect(what()).toContain('connection refused')
    outage.ended()
    expect(what()).toBeUndefined()
  })
})

describe('the age of the queue', () => {
  const at = (ms: number) => ({ sentAt: new Date(ms) })
  let now = 100 * SECOND
  const waiting = () => {
    const age = createQueueAge(() => now)
    return { age, what: recordQueueOld(age, 60 * SECOND).what }
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
    const { age, what } = waiting()
    const release = age.taken([at(0)])
    expect(what()).toBeUndefined()
    expect(what()).toContain('Facts wait for 100 s')
    release()
    age.taken([at(1 * SECOND)])()
    expect(what()).toContain('Facts wait for 100 s')
    age.taken([at(99 * SECOND)])()
    expect(what()).toBeUndefined()
  })

  it('is none for an old fact that comes alone, as a replayed dead letter does', () => {
    now = 100 * SECOND
    const { age, what } = waiting()
    age.taken([at(0)])()
    expect([what(), what(), what()]).toEqual([undefined, undefined, undefined])
  })
})

describe('live posts that are not recorded', () => {
  it('are a condition when that takes too long, until they are; other facts are none', async () => {
    let now = 0
    const database = { read: async () => [] } as unknown as Pick<Database, 'read'>
    await using live = createLiveWatch(
      { database, outage: { lasting: () => undefined }, log: silentLogger() },
      60 * SECOND,
      () => now,
    )
    const { what } = liveUnrecorded(live, 60 * SECOND)
    const said = (type: string) => ({ id: type, type, body: {} })
    live.hear(said('post.segment_published'))
    live.hear(said('job.ran'))
    now = 59 * SECOND
    expect(what()).toBeUndefined()
    now = 60 * SECOND
    expect(what()).toContain('1 posts went live')
    live.recorded([said('post.segment_published')])
    expect(what()).toBeUndefined()
  })
})

describe('a queue of facts', () => {
  it('grows when it is long and was longer at each of four looks; then until it is short', () => {
    let depth: number | undefined
    const { what } = recordQueueGrowing(() => depth, 100)
    const seen = [undefined, 90, 101, 102, 102, 103, 104, 105, 106, 90, 200].map((messages) => {
      depth = messages
      return what() !== undefined
    })
    expect(seen).toEqual([false, false, false, false, false, false, true, true, true, false, false])
  })
})

describe('a browser-broker', () => {
  it('that says nothing for 30 s closes the limits of its shard, until it is heard again', () => {
    const silent = [0, 31 * SECOND]
    const conditions = limitsClosed({ silentMs: (shard) => silent[shard] ?? 0 }, 2)
    expect(conditions.map(({ what }) => what() !== undefined)).toEqual([false, true])
    silent[1] = 0
    expect(conditions[1]?.what()).toBeUndefined()
  })
})

describe('a condition that is watched', () => {
  const watching = (
    options: {
      active?: boolean
      repeatMs?: number
      failing?: () => boolean
      kind?: (typeof ALERTS)['rabbitmqBlocked']
    } = {},
  ) => {
    const state = { wrong: undefined as string | undefined }
    const said: string[] = []
    const told: string[] = []
    const watch = watchConditions(
      [{ kind: options.kind ?? ALERTS.recordQueueOld, what: () => state.wrong }],
      {
        bus: {
          emit: async (_contract, body) => {
            if (options.failing?.() === true) throw new Error('RabbitMQ is away')
            said.push((body as { sentence?: string }).sentence?.split('.')[0] ?? 'cleared')
          },
        },
        wasRaised: async () => options.active === true,
        tell: async ({ said: word }) => void told.push(word),
        log: silentLogger(),
      },
      { everyMs: 1, ...(options.repeatMs === undefined ? {} : { repeatMs: options.repeatMs }) },
    )
    onTestFinished(() => watch[Symbol.asyncDispose]())
    return { state, said, told }
  }

  it('of RabbitMQ itself is told past it at once, and is said as facts when it is over', async () => {
    let blocked = true
    const { state, said, told } = watching({ kind: ALERTS.rabbitmqBlocked, failing: () => blocked })
    state.wrong = 'it is full.'
    await eventually(() => told.length > 0)
    expect([told, said]).toEqual([['raised'], []])
    state.wrong = undefined
    blocked = false
    await eventually(() => told.length > 1)
    expect([told, said]).toEqual([
      ['raised', 'cleared'],
      ['it is full', 'cleared'],
    ])
  })

  it('is raised once, and cleared once at its end', async () => {
    const { state, said } = watching()
    state.wrong = 'it burns.'
    await eventually(() => said.length > 0)
    state.wrong = undefined
    await eventually(() => said.length > 1)
    state.wrong = 'again.'
    await eventually(() => said.length > 2)
    expect(said).toEqual(['it burns', 'cleared', 'again'])
  })

  it('is raised again while it lasts, since another replica may have cleared it', async () => {
    const { state, said } = watching({ repeatMs: 5 })
    state.wrong = 'it burns.'
    await eventually(() => said.length > 2)
    expect(new Set(said)).toEqual(new Set(['it burns']))
  })

  it('is told when RabbitMQ takes it at last', async () => {
    let tries = 0
    const { state, said } = watching({ failing: () => (tries += 1) < 5 })
    state.wrong = 'it burns.'
    await eventually(() => said.length > 0)
    expect(said).toEqual(['it burns'])
  })

  it('that was raised without a confirm is cleared at its end all the same: it may have arrived', async () => {
    let tries = 0
    const { state, said } = watching({ failing: () => (tries += 1) === 1 })
    state.wrong = 'it burns.'
    await eventually(() => tries > 0)
    state.wrong = undefined
    await eventually(() => said.at(-1) === 'cleared')
  })

  it('is cleared when a process before this one raised it and died', async () => {
    const { said } = watching({ active: true })
    await eventually(() => said.length > 0)
    expect(said).toEqual(['cleared'])
  })
})
