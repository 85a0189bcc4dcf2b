import { describe, expect, it } from 'vitest'
import { summarize, type FaultRecord } from '../../src/judge/faults.ts'

let n = 0
const record = (kind: string, more: Partial<FaultRecord> = {}): FaultRecord => ({
  n: (n += 1),
  kind,
  target: null,
  at: 0,
  happened: true,
  inFlight: true,
  recoverySeconds: 1,
  note: null,
  ...more,
})

describe('the summary of the faults', () => {
  it('counts what happened by kind, with the median of its recoveries', () => {
    const records = [1, 9, 2].map((recoverySeconds) => record('a', { recoverySeconds }))
    const summary = summarize(
      [...records, record('b', { recoverySeconds: 4 }), record('b', { recoverySeconds: 5 })],
      ['a', 'b'],
    )
    expect(summary).toMatchObject({
      faults: { a: 3, b: 2 },
      recoverySeconds: { a: 2, b: 4.5 },
      missing: [],
      enough: true,
    })
  })

  it('leaves out recoveries that nothing showed', () => {
    const summary = summarize(
      [
        record('a', { recoverySeconds: null }),
        record('a', { recoverySeconds: 3 }),
        record('b', { recoverySeconds: null }),
      ],
      ['a', 'b'],
    )
    expect(summary.recoverySeconds).toEqual({ a: 3, b: null })
  })

  it('is not satisfied when a planned kind did not happen', () => {
    const summary = summarize([record('a'), record('b', { happened: false })], ['a', 'b'])
    expect(summary).toMatchObject({ faults: { a: 1 }, missing: ['b'], enough: false })
  })

  it('is not satisfied when fewer than half struck an action in flight', () => {
    const idle = { inFlight: false }
    expect(summarize([record('a'), record('a', idle)], ['a']).enough).toBe(true)
    expect(summarize([record('a'), record('a', idle), record('a', idle)], ['a']).enough).toBe(false)
  })

  it('does not count a fault that did not happen among those in flight', () => {
    expect(summarize([record('a', { inFlight: false }), record('a', { happened: false })], ['a'])).toMatchObject({
      inFlight: 0,
      enough: false,
    })
  })

  it('is satisfied with a run without faults', () => {
    expect(summarize([], [])).toMatchObject({ faults: {}, enough: true })
  })
})
