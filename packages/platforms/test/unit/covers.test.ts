import { describe, expect, it } from 'vitest'
import { covers } from '../../src/x/timeline.ts'

const SINCE = new Date('2026-01-31T12:00:00.000Z')
const at = (minutes: number, pinned = false) => ({ createdAt: new Date(SINCE.getTime() + minutes * 60_000), pinned })
const older = (count: number) => Array.from({ length: count }, (_, n) => at(-1 - n))

describe('a list covers a time', () => {
  it('when enough at its end is older', () => {
    expect(covers([at(5), at(3), ...older(10)], SINCE)).toBe(true)
  })

  it('not when it has just begun to be older: an answer may still follow what it hangs from', () => {
    expect(covers([at(5), ...older(3)], SINCE)).toBe(false)
    expect(covers([...older(9), at(1)], SINCE)).toBe(false)
    expect(covers([...older(9), at(1), ...older(9)], SINCE)).toBe(false)
  })

  it('whatever is pinned', () => {
    expect(covers([at(-9_000, true), ...older(9)], SINCE)).toBe(false)
    expect(covers([at(-9_000, true), ...older(10)], SINCE)).toBe(true)
  })

  it('never when it is empty', () => {
    expect(covers([], SINCE)).toBe(false)
  })
})
