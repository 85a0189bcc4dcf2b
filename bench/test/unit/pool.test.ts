import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type PoolLoad, planPool } from '../../src/pool/plan.ts'
import { type Outcome, tally } from '../../src/pool/tally.ts'
import { Work } from '../../src/pool/work.ts'

const load: PoolLoad = { seconds: 60, seed: 7, slots: 3, accounts: 4, overheadMs: 500 }

test('a plan follows from its seed and asks for 120 % of what the slots hold', () => {
  const plan = planPool(load)
  expect(planPool(load)).toEqual(plan)
  expect(planPool({ ...load, seed: 8 })).not.toEqual(plan)
  const asked = plan.jobs.reduce((sum, job) => sum + job.holdMs + load.overheadMs, 0)
  expect(asked / (load.seconds * 1_000 * load.slots)).toBeCloseTo(1.2, 0)
  expect(new Set(plan.jobs.map(({ kind }) => kind)).size).toBe(3)
  expect(plan.faults).toHaveLength(7)
})

test('late and starved is what had no lease in time, but for what a fault took away', () => {
  const outcome = (leaseClass: 'act' | 'background', grantedAt: number | null, lost = false): Outcome => ({
    job: { id: 0, atMs: 0, kind: 'publish', class: leaseClass, account: 0, holdMs: 1 },
    askedAt: 0,
    startBy: 100,
    grantedAt,
    lost,
  })
  const outcomes = [
    outcome('act', 40),
    outcome('act', 101),
    outcome('act', null),
    outcome('act', null, true),
    outcome('background', 500),
    outcome('background', null),
    outcome('background', null, true),
  ]
  expect(tally(outcomes)).toEqual({ leases: 3, publishLate: 2, publishWaitP95Ms: 101, starvedReads: 1 })
})

describe('work', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  const job = (id: number, leaseClass: 'act' | 'background') =>
    ({ id, atMs: 0, kind: 'publish', class: leaseClass, account: 0, holdMs: 1 }) as const

  test('that ended without ever having had a lease is asked for again; what had one is done', () => {
    const asked: number[] = []
    const work = new Work(({ id }) => void asked.push(id))
    work.ask(job(1, 'background'))
    work.ask(job(2, 'act'))
    work.granted(2, Date.now())
    work.ended(1)
    work.ended(2)
    vi.advanceTimersByTime(5_000)
    expect([asked, work.open]).toEqual([[1, 2, 1], 1])
  })

  test('that acts is waited for no longer than it may still be granted; a read is', () => {
    const work = new Work(() => {})
    work.ask(job(1, 'background'))
    work.ask(job(2, 'act'))
    expect(work.open).toBe(2)
    vi.advanceTimersByTime(70_000)
    expect(work.open).toBe(1)
  })
})
