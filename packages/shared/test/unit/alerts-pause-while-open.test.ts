import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { pauseWhileOpen } from '../../src/alerts/pause-while-open.ts'

const consumer = () => {
  const one = {
    paused: false,
    told: [] as string[],
    pause: async () => {
      one.told.push('pause')
      one.paused = true
    },
    resume: async () => {
      one.told.push('resume')
      one.paused = false
    },
  }
  return one
}

describe('consumers whose work needs something that is away', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('take nothing while its breaker is open, and take again when a probe may be made, each told once', async () => {
    let open = false
    const asked: (readonly string[])[] = []
    const breakers = {
      trouble: (keys: readonly string[]) => {
        asked.push(keys)
        return open ? { until: new Date(), reason: 'x is away' } : undefined
      },
    }
    const both = [consumer(), consumer()]
    await using _ = pauseWhileOpen(both, breakers, 'x')
    await vi.advanceTimersByTimeAsync(2_000)
    expect(both.map(({ told }) => told)).toEqual([[], []])
    open = true
    await vi.advanceTimersByTimeAsync(2_000)
    expect(both.map(({ told }) => told)).toEqual([['pause'], ['pause']])
    open = false
    await vi.advanceTimersByTimeAsync(2_000)
    expect(both.map(({ told }) => told)).toEqual([
      ['pause', 'resume'],
      ['pause', 'resume'],
    ])
    expect(new Set(asked.flat())).toEqual(new Set(['x']))
  })

  it('are left as they are once it is disposed of', async () => {
    const one = consumer()
    const breakers = { trouble: () => ({ until: new Date(), reason: 'x is away' }) }
    await pauseWhileOpen([one], breakers, 'x')[Symbol.asyncDispose]()
    await vi.advanceTimersByTimeAsync(2_000)
    expect(one.told).toEqual([])
  })
})
