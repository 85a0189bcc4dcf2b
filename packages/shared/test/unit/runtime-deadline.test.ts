import { aborted, backoffMs, lazySignal, linkedSignal, pause, within } from '@surepost/shared/runtime'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

const never = new Promise<never>(() => {})
const late = (): Error => new Error('late')

test('within gives the result of work that is in time', async () => {
  await expect(within(Promise.resolve(1), 1_000, late)).resolves.toBe(1)
  await expect(within(Promise.reject(new Error('no')), 1_000, late)).rejects.toThrow('no')
})

test('within throws its error when the time is over', async () => {
  await expect(within(never, 5, late)).rejects.toThrow('late')
})

test('within throws the reason of its signal when that comes first', async () => {
  const stop = new AbortController()
  const waiting = within(never, 60_000, late, stop.signal)
  stop.abort(new Error('stopped'))
  await expect(waiting).rejects.toThrow('stopped')
})

test('work that fails after its deadline is no unhandled rejection', async () => {
  const { promise, reject } = Promise.withResolvers<void>()
  await expect(within(promise, 5, late)).rejects.toThrow('late')
  reject(new Error('too late to matter'))
  await pause(0)
})

test('a linked signal follows the first of its sources, and none once it is disposed of', () => {
  const [one, two] = [new AbortController(), new AbortController()]
  const follows = linkedSignal(one.signal, two.signal)
  const disposed = linkedSignal(one.signal, two.signal)
  disposed[Symbol.dispose]()
  two.abort(new Error('second'))
  one.abort(new Error('first'))
  expect(follows.signal.reason).toEqual(new Error('second'))
  expect(disposed.signal.aborted).toBe(false)
  expect(linkedSignal(one.signal).signal.reason).toEqual(new Error('first'))
})

test('a lazy signal is that of its sources, whenever it is looked at, and of none once it is disposed of', () => {
  const [one, two] = [new AbortController(), new AbortController()]
  const [early, late, disposed] = [0, 1, 2].map(() => lazySignal(one.signal, two.signal))
  const looked = early?.signal
  expect([looked?.aborted, early?.aborted]).toEqual([false, false])
  disposed?.[Symbol.dispose]()
  two.abort(new Error('second'))
  expect([looked?.reason, late?.signal.reason]).toEqual([new Error('second'), new Error('second')])
  expect([early, late, disposed].map((one) => one?.aborted)).toEqual([true, true, false])
  expect(disposed?.signal.aborted).toBe(false)
})

test('pause says whether the whole time passed', async () => {
  expect(await pause(1)).toBe(true)
  expect(await pause(60_000, AbortSignal.abort())).toBe(false)
  await aborted(AbortSignal.abort())
})

test('backoff grows with the failures, stays within its bounds and is never nothing', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, random) => {
      const ms = backoffMs(n, 100, 10_000, () => random)
      expect(ms).toBeGreaterThanOrEqual(50)
      expect(ms).toBeLessThanOrEqual(10_000)
      expect(backoffMs(n + 1, 100, 10_000, () => random)).toBeGreaterThanOrEqual(ms)
    }),
  )
})
