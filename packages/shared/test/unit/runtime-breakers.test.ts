import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { UnavailableError } from '../../src/errors/index.ts'
import { type BreakerState, createBreakers } from '../../src/runtime/index.ts'

type Result = 'works' | 'fails'

const PROBE_MS = { first: 1_000, most: 8_000 }
let changes: (readonly [key: string, state: BreakerState])[]
const breakersOf = (threshold = 3) =>
  createBreakers<Result>({
    isFailure: (result) => result === 'fails',
    onChange: (key, state) => changes.push([key, state]),
    threshold,
    probeAfterMs: PROBE_MS,
  })
const times = async (n: number, run: () => Promise<unknown>): Promise<void> => {
  for (let i = 0; i < n; i++) await run()
}

beforeEach(() => {
  changes = []
  vi.useFakeTimers()
})
afterEach(() => void vi.useRealTimers())

describe('a breaker', () => {
  it('opens after as many failures in a row as it was told, and then tries nothing', async () => {
    const breakers = breakersOf()
    const work = vi.fn(async (): Promise<Result> => 'fails')
    await times(3, () => breakers.execute(['x'], work))
    await expect(breakers.execute(['x'], work)).rejects.toBeInstanceOf(UnavailableError)
    expect(work).toHaveBeenCalledTimes(3)
    expect(changes).toEqual([['x', 'open']])
    expect(breakers.trouble(['x'])).toMatchObject({ reason: expect.stringContaining('3 times in a row') as string })
  })

  it('counts failures in a row: one that works begins the count anew', async () => {
    const breakers = breakersOf()
    for (const result of ['fails', 'fails', 'works', 'fails', 'fails'] as const)
      await breakers.execute(['x'], async () => result)
    expect(changes).toEqual([])
  })

  it('lets a probe through after its time, and closes by itself with the first that works', async () => {
    const breakers = breakersOf()
    await times(3, () => breakers.execute(['x'], async () => 'fails'))
    vi.setSystemTime(breakers.trouble(['x'])?.until ?? 0)
    expect(breakers.trouble(['x'])).toBeUndefined()
    expect(await breakers.execute(['x'], async () => 'works')).toBe('works')
    expect(changes.map(([, state]) => state)).toEqual(['open', 'half-open', 'closed'])
    expect(await breakers.execute(['x'], async () => 'fails')).toBe('fails')
  })

  it('waits longer after each probe that fails, and never longer than it was told', async () => {
    const breakers = breakersOf()
    await times(3, () => breakers.execute(['x'], async () => 'fails'))
    const waits: number[] = []
    for (let probes = 0; probes < 12; probes++) {
      const until = breakers.trouble(['x'])?.until.getTime() ?? 0
      waits.push(until - Date.now())
      vi.setSystemTime(until)
      await breakers.execute(['x'], async () => 'fails')
    }
    expect(Math.max(...waits)).toBeLessThanOrEqual(PROBE_MS.most)
    expect(Math.max(...waits.slice(-3))).toBeGreaterThan(Math.min(...waits.slice(0, 3)))
  })

  it('of one account leaves the others alone, and that of their platform open to them', async () => {
    const breakers = breakersOf()
    const on = (account: string, result: Result) => breakers.execute(['platform', account], async () => result)
    for (let i = 0; i < 3; i++) {
      await on('ada', 'fails')
      await on('bob', 'works')
    }
    await expect(on('ada', 'works')).rejects.toThrow(/ada failed/)
    expect(await on('bob', 'works')).toBe('works')
    expect(changes).toEqual([['ada', 'open']])
  })

  it('of a platform opens for all accounts when none of them works', async () => {
    const breakers = breakersOf(4)
    for (const account of ['ada', 'bob', 'eve', 'joe'])
      await breakers.execute(['platform', account], async () => 'fails')
    await expect(breakers.execute(['platform', 'ada'], async () => 'works')).rejects.toThrow(/platform failed/)
    expect(changes).toEqual([['platform', 'open']])
  })

  it('takes an error that was thrown as no word about what was asked', async () => {
    const breakers = breakersOf()
    const stopped = async (): Promise<Result> => {
      throw new Error('the service stops')
    }
    await times(5, () => breakers.execute(['x'], stopped).catch(() => {}))
    expect(changes).toEqual([])
  })
})
