import { describe, expect, it } from 'vitest'
import { newPostId } from '@surepost/shared/contracts'
import { DataRefusedError, type Database, DatabaseSlowError, DatabaseWrongError } from '@surepost/shared/database'
import { PermanentError, UnavailableError } from '@surepost/shared/errors'
import type { QueuedFact, RecordedFact } from '@surepost/shared/messaging'
import { registry, silentLogger } from '@surepost/shared/runtime'
import { createApply } from '../../src/handlers/apply.ts'

const sentAt = new Date(0)
const factsOf = (n: number): QueuedFact[] =>
  Array.from({ length: n }, (_, i) => ({ id: `fact ${i}`, type: 'post.missed', body: {}, sentAt, bytes: 2 }))

interface Script {
  /** What a call with these facts does: throws, or answers that all were applied. */
  readonly call?: (ids: readonly string[]) => void
  /** What the probes answer, in turn, the last for ever. */
  readonly probes?: readonly (readonly string[])[]
  readonly conflicts?: readonly object[]
  readonly timesToLive?: readonly number[]
}

/** The handler on a database that does as told. */
const onDatabase = ({ call, probes = [[]], conflicts = [], timesToLive = [] }: Script = {}) => {
  const seen = { calls: 0, probes: 0, began: 0, ended: 0, held: 0, alerts: [] as unknown[], beats: [] as string[] }
  const database = {
    rpc: async (_name: string, { facts }: { readonly facts: readonly RecordedFact[] }) => {
      seen.calls += 1
      call?.(facts.map(({ id }) => id))
      return { received: facts.length, applied: facts.length, conflicts, timesToLive }
    },
    health: async () => probes[Math.min(seen.probes++, probes.length - 1)] ?? [],
  } as unknown as Pick<Database, 'rpc' | 'health'>
  const apply = createApply({
    database,
    bus: { emit: async (_contract, body) => void seen.alerts.push(body) },
    outage: {
      began: () => void (seen.began += 1),
      ended: () => void (seen.ended += 1),
      lasting: () => undefined,
      endedAt: () => null,
    },
    age: { taken: () => () => {}, oldest: () => 0 },
    live: { taken: () => {}, recorded: () => {} },
    backlog: {
      taken: () => {
        seen.held += 1
        return () => void (seen.held -= 1)
      },
      behind: () => undefined,
    },
    beat: async ({ outcome }) => void seen.beats.push(outcome),
    log: silentLogger(),
  })
  return { apply, seen }
}

const never = new AbortController().signal
const kinds = (outcomes: readonly { readonly kind: string }[]): string[] => outcomes.map(({ kind }) => kind)
const once = (error: Error) => {
  let thrown = false
  return () => {
    if (thrown) return
    thrown = true
    throw error
  }
}

describe('applying a batch', () => {
  it('is one call when nothing is wrong', async () => {
    const { apply, seen } = onDatabase()
    expect(kinds(await apply(factsOf(500), { signal: never }))).toEqual(Array.from({ length: 500 }, () => 'done'))
    expect(seen).toMatchObject({ calls: 1, probes: 0, held: 0 })
  })

  it('rejects the facts that the database refuses, each in its place, and applies the rest', async () => {
    const bad = new Set(['fact 3', 'fact 4', 'fact 99'])
    const { apply, seen } = onDatabase({
      call: (ids) => {
        if (ids.some((id) => bad.has(id))) throw new DataRefusedError('22P05', 'unsupported Unicode escape sequence')
      },
    })
    const outcomes = await apply(factsOf(100), { signal: never })
    expect(outcomes.flatMap(({ kind }, i) => (kind === 'reject' ? [`fact ${i}`] : []))).toEqual([...bad])
    expect(outcomes[3]).toMatchObject({ reason: expect.stringContaining('22P05') })
    expect(seen.calls).toBeLessThan(40)
    expect(seen.probes).toBe(0)
  })

  it.each([
    ['away', new UnavailableError('database', '503')],
    ['read-only', new UnavailableError('database', '25006')],
    ['without our function', new DatabaseWrongError('PGRST202')],
    ['refusing the key', new DatabaseWrongError('401')],
    ['saying what nobody expected', new PermanentError('P0001', '?')],
  ])('holds the facts while the database is %s, probes, and applies them when it is back', async (_, error) => {
    const { apply, seen } = onDatabase({ call: once(error), probes: [['away'], []] })
    expect(kinds(await apply(factsOf(3), { signal: never }))).toEqual(['done', 'done', 'done'])
    expect(seen).toMatchObject({ calls: 2, probes: 2, began: 1, ended: 1, held: 0 })
  })

  it('halves what the database takes too long over, so that no batch is too large for ever', async () => {
    const { apply, seen } = onDatabase({
      call: (ids) => {
        if (ids.length > 30) throw new DatabaseSlowError('57014')
      },
    })
    expect(kinds(await apply(factsOf(100), { signal: never }))).toEqual(Array.from({ length: 100 }, () => 'done'))
    expect(seen.calls).toBe(7)
  })

  it('gives nothing back but the end of the waiting when the service stops meanwhile', async () => {
    const controller = new AbortController()
    const reason = new Error('shutting down')
    const { apply, seen } = onDatabase({
      call: () => {
        controller.abort(reason)
        throw new UnavailableError('database', '503')
      },
    })
    await expect(apply(factsOf(3), { signal: controller.signal })).rejects.toBe(reason)
    expect(seen.held).toBe(0)
  })

  it('measures how long what it records took to be live, in seconds', async () => {
    const { apply } = onDatabase({ timesToLive: [3, 700] })
    await apply(factsOf(2), { signal: never })
    const text = await registry.getSingleMetricAsString('surepost_time_to_live_seconds')
    expect(text).toMatch(/_bucket\{.*le="5".*\} 1\n/)
    expect(text).toMatch(/_sum\S* 703\n/)
    expect(text).toMatch(/_count\S* 2(\n|$)/)
  })

  it('raises an alert for a segment that two platform ids are claimed for', async () => {
    const postId = newPostId()
    const { apply, seen } = onDatabase({ conflicts: [{ postId, segment: 1, kept: '1', others: ['2'] }] })
    await apply(factsOf(1), { signal: never })
    expect(seen.alerts).toEqual([
      expect.objectContaining({ key: `segment-conflict:${postId}:1`, severity: 'critical' }),
    ])
  })
})
