import { describe, expect, it } from 'vitest'
import { LockLostError } from '@surepost/shared/database'
import { ContractError, PermanentError, UnavailableError } from '@surepost/shared/errors'
import { skipped, succeeded } from '../../src/jobs/job.ts'
import { FOLD_MS, type Reported, type Run, cadenceMs, fold, jobFact, runOfError } from '../../src/jobs/report.ts'

/** Feed runs one second apart and say which were reported. */
const reportsOf = (runs: readonly Run[]): (string | null | undefined)[] => {
  let last: Reported | undefined
  return runs.map((run, i) => {
    const folded = fold(run, last, i * 1_000)
    last = folded.reported
    return folded.report?.detail
  })
}
const nothing = succeeded(0, 'nothing to do')
const at = (ms: number): Date => new Date(ms)
const half = (): number => 0.5
const failed: Run = { outcome: 'failed', category: 'database', detail: 'away' }

describe('which runs of a job are reported', () => {
  it('is the first, whatever it did', () => {
    expect(reportsOf([nothing])).toEqual(['nothing to do'])
    expect(reportsOf([skipped('behind')])).toEqual(['behind'])
  })

  it('is every one that did something', () => {
    expect(reportsOf([succeeded(1, 'one'), succeeded(2, 'two')])).toEqual(['one', 'two'])
  })

  it('is every failure', () => {
    expect(reportsOf([failed, failed])).toEqual(['away', 'away'])
  })

  it('is the first success after a failure, so that nobody thinks that it still fails', () => {
    expect(reportsOf([nothing, failed, nothing])).toEqual(['nothing to do', 'away', 'nothing to do'])
  })

  it('is one a minute of those that found nothing to do, with their number', () => {
    const reports = reportsOf(Array.from({ length: 121 }, () => nothing)).filter((report) => report !== undefined)
    expect(reports).toEqual(['nothing to do', 'nothing to do (60 runs)', 'nothing to do (60 runs)'])
  })

  it('is a skip for another reason than before', () => {
    expect(reportsOf([skipped('behind'), skipped('behind'), skipped('locked')])).toEqual([
      'behind',
      undefined,
      'locked',
    ])
  })

  it('is a quiet one again once a minute has passed', () => {
    expect(fold(nothing, { said: 'succeeded ', at: 0, kept: 4 }, FOLD_MS).report?.detail).toBe('nothing to do (5 runs)')
  })
})

describe('what a thrown error says of a run', () => {
  it('is a failure of a category', () => {
    expect(runOfError(new UnavailableError('database', 'away'), false)).toEqual({
      outcome: 'failed',
      category: 'database',
      detail: 'away',
    })
    expect(runOfError(new ContractError('odd'), false)).toMatchObject({ category: 'contract' })
    expect(runOfError(new PermanentError('too_long', 'no'), false)).toMatchObject({ category: 'too_long' })
    expect(runOfError(new Error('?'), false)).toMatchObject({ category: 'unexpected' })
  })

  it('is a timeout when the time was over, whatever was thrown', () => {
    expect(runOfError(new Error('aborted'), true)).toMatchObject({ outcome: 'failed', category: 'timeout' })
  })

  it('is a skip when another replica has the lock now', () => {
    expect(runOfError(new LockLostError('gone'), false)).toEqual({
      outcome: 'skipped',
      reason: 'another replica took over',
    })
  })
})

describe('the fact of a run', () => {
  it('carries its times and outcome', () => {
    expect(jobFact('job', nothing, { detail: 'd', category: null }, at(0), at(5), at(9))).toEqual({
      nextDueAt: at(9).toISOString(),
      at: '1970-01-01T00:00:00.005Z',
      job: 'job',
      account: null,
      startedAt: '1970-01-01T00:00:00.000Z',
      outcome: 'succeeded',
      category: null,
      detail: 'd',
    })
  })
})

describe('the wait between runs', () => {
  it('is the cadence, give or take a tenth', () => {
    expect(cadenceMs(1_000, 0, () => 0)).toBe(900)
    expect(cadenceMs(1_000, 0, () => 1)).toBe(1_100)
  })

  it('doubles with each failure of a frequent job, up to some seconds', () => {
    expect([1, 2, 3, 9].map((failures) => cadenceMs(1_000, failures, half))).toEqual([1_000, 2_000, 4_000, 8_000])
  })

  it('is some seconds after a failure of a rare job, which one outage would else keep from its work for an hour', () => {
    expect([1, 2, 3, 40].map((failures) => cadenceMs(3_600_000, failures, half))).toEqual([
      8_000, 16_000, 32_000, 3_600_000,
    ])
  })
})
