import { describe, expect, it } from 'vitest'
import { judgeBounded, judgeEnded, slopeOf } from '../../src/soak/verdict.ts'

const phases = { loadEndsAt: 600, quietEndsAt: 720 }
/** A sample every five seconds. */
const series = (valueAt: (second: number) => number, slack = 10) => ({
  name: 'memory of the poster',
  slack,
  values: Array.from({ length: 145 }, (_, n) => ({ second: n * 5, value: valueAt(n * 5) })),
})
/** Noise that repeats: the same in every run. */
const noise = (second: number): number => ((second * 7_919) % 41) - 20

describe('what is bounded under load', () => {
  it('warms up and stays: that is no growth', () => {
    const { baseline, growth, end, troubles } = judgeBounded(
      series((second) => Math.min(second, 100) + 50 + noise(second) / 4),
      phases,
    )
    expect(troubles).toEqual([])
    expect([baseline, end].every((value) => Math.abs(value - 150) < 5)).toBe(true)
    expect(Math.abs(growth)).toBeLessThan(5)
  })

  it('grows a little all the time: that is a leak, under noise as well', () => {
    const { troubles } = judgeBounded(
      series((second) => 150 + second * 0.12 + noise(second)),
      phases,
    )
    expect(troubles).toHaveLength(2)
    expect(troubles.join(' ')).toMatch(/rose by .* is \d+(\.\d)? after the quiet/)
  })

  it('falls back under load and not after it: that is told as well', () => {
    const { troubles } = judgeBounded(
      series((second) => (second <= 600 ? 150 : 300)),
      phases,
    )
    expect(troubles).toEqual([expect.stringContaining('is 300 after the quiet, and was 150 before')])
  })

  it('was hardly looked at: that is not taken for good', () => {
    const few = { ...series(() => 1), values: [{ second: 1, value: 1 }] }
    expect(judgeBounded(few, phases).troubles).toEqual([expect.stringContaining('too seldom')])
  })

  it('has the slope of most pairs, whatever a few samples say', () => {
    const values = Array.from({ length: 20 }, (_, n) => ({ second: n, value: n === 10 ? 10_000 : 2 * n }))
    expect(slopeOf(values)).toBe(2)
  })
})

describe('what is nothing when nothing happens', () => {
  it('must be seen to be nothing again, in a moment at least', () => {
    expect(
      judgeEnded(
        series((second) => (second < 700 || second > 710 ? 3 : 0), 0),
        phases,
      ).troubles,
    ).toEqual([])
    expect(
      judgeEnded(
        series(() => 1, 0),
        phases,
      ).troubles,
    ).toEqual(['memory of the poster is still 1 after the quiet.'])
  })

  it('was not looked at any more: that is not nothing', () => {
    expect(judgeEnded({ ...series(() => 0, 0), values: [] }, phases).troubles).toHaveLength(1)
  })
})
