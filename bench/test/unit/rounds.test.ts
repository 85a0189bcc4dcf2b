import { describe, expect, it } from 'vitest'
import { interleaved, verdictOf } from '../../src/rounds.ts'

const quiet = { onProgress: () => {}, signal: new AbortController().signal }

describe('rounds', () => {
  it('let everybody take a turn in each, another first every time, and do not count the first', async () => {
    const turns: string[] = []
    const contender = (name: string) => ({ name, measure: async () => turns.push(name) })
    const found = await interleaved([contender('a'), contender('b')], { rounds: 2, ...quiet })
    expect(turns.join('')).toBe('abbaab')
    expect(found).toEqual(
      new Map([
        ['a', [4, 5]],
        ['b', [3, 6]],
      ]),
    )
  })

  it('compare figures of the same round, so that a slow round is slow for both', () => {
    const found = new Map([
      ['ours', [10, 1, 9]],
      ['theirs', [10, 1, 10]],
    ])
    const verdict = verdictOf('test', found, [{ of: 'ours', to: 'theirs', atLeast: 1 }])
    expect(verdict).toMatchObject({ rounds: 3, ratios: { 'ours / theirs': 1 }, medians: { ours: 9 }, min: { ours: 1 } })
    expect(verdict.pass).toBe(true)
  })

  it('fail a target that is not reached, and one whose contender was not measured', () => {
    const found = new Map([
      ['ours', [8]],
      ['theirs', [10]],
    ])
    expect(verdictOf('test', found, [{ of: 'ours', to: 'theirs', atLeast: 0.9 }]).pass).toBe(false)
    expect(verdictOf('test', found, [{ of: 'ours', to: 'nobody', atLeast: 0.9 }]).pass).toBe(false)
  })
})
