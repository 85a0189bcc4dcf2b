import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type PoolLoad, planPool } from '../../src/pool/plan.ts'
import { type Outcome, poolHolds, tally } from '../../src/pool/tally.ts'
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

const outcome = (leaseClass: 'act' | 'background', more: Partial<Outcome>): Outcome => ({
  job: { id: 0, atMs: 0, kind: 'publish', class: leaseClass, account: 0, holdMs: 1 },
  askedAt: 0,
  startBy: 100,
  grantedAt: null,
  end: 'finished',
  again: [],
  lostInLine: false,
  ...more,
})

test('late and starved is what had no lease in time, and waits count where no fault took the holder meanwhile', () => {
  const outcomes = [
    outcome('act', { grantedAt: 40 }),
    outcome('act', { grantedAt: 99, lostInLine: true, again: ['holder killed'] }),
    outcome('act', { grantedAt: 101 }),
    outcome('act', { end: 'late' }),
    outcome('background', { grantedAt: 500, again: ['refused: pressure', 'holder killed'] }),
    outcome('background', { end: 'starved' }),
  ]
  expect(tally(outcomes, 6)).toEqual({
    leases: 4,
    publishLate: 2,
    publishWaitP95Ms: 101,
    starvedReads: 1,
    ends: { finished: 4, late: 1, starved: 1 },
    unaccounted: 0,
    unexplained: 0,
    askedAgain: { 'holder killed': 2, 'refused: pressure': 1 },
  })
})

describe('the run fails', () => {
  const holds = (outcomes: readonly Outcome[], planned: number): boolean =>
    poolHolds({ ...tally(outcomes, planned), orphanProcesses: 0, orphanProfiles: 0, contextsAfter: 0 })
  const had = { grantedAt: 1 }

  test('for no end that a fault of its plan explains', () => {
    const ends = ['finished', 'holder killed', 'holder frozen', 'lease lost: browser_crash'] as const
    expect(
      holds(
        ends.map((end) => outcome('act', { ...had, end })),
        4,
      ),
    ).toBe(true)
  })

  test('when a job has no end, or was never asked for', () => {
    expect(holds([outcome('act', had), outcome('act', { ...had, end: null })], 2)).toBe(false)
    expect(holds([outcome('act', had)], 2)).toBe(false)
  })

  test('when a job ended for a reason of the pool or of its own', () => {
    for (const end of ['lease lost: expired', 'failed: no page', 'holder died', 'refused: deadline'] as const)
      expect(holds([outcome('act', { ...had, end })], 1)).toBe(false)
  })
})

describe('work', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  const job = (id: number, leaseClass: 'act' | 'background') =>
    ({ id, atMs: 0, kind: 'publish', class: leaseClass, account: 0, holdMs: 1 }) as const

  const started = () => {
    const asked: number[] = []
    const work = new Work(({ id }) => void asked.push(id))
    const endOf = (id: number) => work.outcomes.get(id)?.end
    return { work, asked, endOf }
  }

  test('that ended without ever having had a lease is asked for again; what had one is done', () => {
    const { work, asked, endOf } = started()
    work.ask(job(1, 'background'))
    work.ask(job(2, 'act'))
    work.granted(2, Date.now())
    work.ended(1, 'failed: it could not be claimed')
    work.ended(2, null)
    vi.advanceTimersByTime(5_000)
    expect([asked, work.open, endOf(1), endOf(2)]).toEqual([[1, 2, 1], 1, null, 'finished'])
  })

  test('whose holder was lost in line is another one’s, in its own time; what had its lease ended with its holder', () => {
    const { work, asked, endOf } = started()
    work.ask(job(1, 'act'))
    work.ask(job(2, 'act'))
    work.granted(2, Date.now())
    vi.advanceTimersByTime(9_000)
    work.lost(1, 'frozen')
    work.lost(2, 'frozen')
    vi.advanceTimersByTime(1)
    expect([asked, endOf(1), endOf(2)]).toEqual([[1, 2, 1], null, 'holder frozen'])
    vi.advanceTimersByTime(51_000)
    work.lost(1, 'killed')
    expect([asked.length, endOf(1)]).toEqual([3, 'late'])
  })

  test('that acts is refused for good by a time that is too late; a read comes back at it', () => {
    const { work, asked, endOf } = started()
    work.ask(job(1, 'background'))
    work.ask(job(2, 'act'))
    for (const id of [1, 2]) work.refused(id, 'pressure', Date.now() + 60_000)
    expect([endOf(1), endOf(2)]).toEqual([null, 'refused: pressure'])
    vi.advanceTimersByTime(60_000)
    expect(asked).toEqual([1, 2, 1])
  })

  test('that is over when nobody waits any longer is late or starved, and is not asked for again', () => {
    const { work, asked, endOf } = started()
    for (const [id, leaseClass] of [
      [1, 'background'],
      [2, 'act'],
      [3, 'act'],
    ] as const)
      work.ask(job(id, leaseClass))
    work.granted(3, Date.now())
    work.refused(1, 'pressure', Date.now() + 1_000)
    work.close()
    vi.advanceTimersByTime(5_000)
    expect([endOf(1), endOf(2), endOf(3), asked.length]).toEqual(['starved', 'late', null, 3])
  })
})
