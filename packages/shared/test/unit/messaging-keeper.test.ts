import { lazySignal, silentLogger } from '@surepost/shared/runtime'
import { afterEach, expect, test } from 'vitest'
import { type Held, Keeper } from '../../src/messaging/keeper.ts'
import { Limiter } from '../../src/messaging/limiter.ts'

interface Thing extends Held {
  readonly lose: (error: Error) => void
}

const thing = (): Thing => {
  const over = new AbortController()
  return { lost: over.signal, lose: (error) => over.abort(error) }
}

const kept: Keeper<Thing>[] = []
afterEach(async () => void (await Promise.all(kept.splice(0).map((keeper) => keeper.stop()))))

const keep = (open: (n: number, signal: AbortSignal) => Promise<Thing>, events: string[] = []): Keeper<Thing> => {
  let n = 0
  const keeper = new Keeper<Thing>({
    name: 'The thing',
    log: silentLogger(),
    open: (signal) => open(++n, signal),
    release: async () => void events.push('released'),
    onUp: () => events.push('up'),
    onDown: () => events.push('down'),
  })
  kept.push(keeper)
  return keeper
}

test('what is lost is released and opened again', async () => {
  const events: string[] = []
  const keeper = keep(async () => thing(), events)
  const first = await keeper.available()
  first.lose(new Error('cut'))
  await new Promise((resolve) => setImmediate(resolve))
  const second = await keeper.available()
  expect(second).not.toBe(first)
  expect(events).toEqual(['up', 'down', 'released', 'up'])
})

test('what cannot be opened is tried again, and the trouble is told meanwhile', async () => {
  const keeper = keep(async (n) => {
    if (n < 3) throw new Error(`no ${n}`)
    return thing()
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(keeper.trouble).toBe('The thing is not there: no 1. It is tried again by itself.')
  await keeper.available()
  expect(keeper.trouble).toBeUndefined()
})

test('what stays away is tried at least once a second, however long it has been away', async () => {
  const waits: number[] = []
  const tried = Promise.withResolvers<void>()
  const log = silentLogger()
  log.warn = (what: object | string): void => {
    if (typeof what === 'object' && 'retryInMs' in what) waits.push(Number(what.retryInMs))
    if (waits.length === 6) tried.resolve()
  }
  const keeper = new Keeper<Thing>({
    name: 'The thing',
    log,
    open: () => Promise.reject(new Error('away')),
    release: async () => {},
  })
  kept.push(keeper)
  await tried.promise
  expect(Math.max(...waits)).toBeLessThanOrEqual(1_000)
})

test('waiting for it ends with the signal, and with the stop', async () => {
  const keeper = keep(
    (_, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  )
  const stop = new AbortController()
  const waiting = keeper.available(stop.signal)
  stop.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  const another = keeper.available()
  await keeper.stop()
  await expect(another).rejects.toThrow('The thing was closed')
})

test('a stop releases what is held, once', async () => {
  const events: string[] = []
  const keeper = keep(async () => thing(), events)
  await keeper.available()
  await Promise.all([keeper.stop(), keeper.stop()])
  expect(events).toEqual(['up', 'down', 'released'])
})

test('a limiter admits its limit, in order, and forgets who left', async () => {
  const limiter = new Limiter(1)
  const never = lazySignal()
  const leaver = new AbortController()
  const first = await limiter.acquire(never)
  const left = limiter.acquire(lazySignal(leaver.signal))
  const waits = limiter.acquire(never)
  leaver.abort()
  expect(await left).toBeUndefined()
  first?.[Symbol.dispose]()
  const second = await waits
  second?.[Symbol.dispose]()
  expect(await limiter.acquire(lazySignal(AbortSignal.abort()))).toBeUndefined()
  expect(await limiter.acquire(never)).toBeDefined()
})

test('who needs all places of a limiter is alone, and is not overtaken', async () => {
  const limiter = new Limiter(3)
  const never = lazySignal()
  const before = await Promise.all([limiter.acquire(never), limiter.acquire(never)])
  const entered: string[] = []
  const enter = (name: string, places?: number) =>
    limiter.acquire(never, places).then((held) => (entered.push(name), held))
  const all = enter('all', Infinity)
  const after = enter('after')
  before[0]?.[Symbol.dispose]()
  await new Promise(setImmediate)
  expect(entered).toEqual([])
  before[1]?.[Symbol.dispose]()
  const held = await all
  expect(entered).toEqual(['all'])
  held?.[Symbol.dispose]()
  await after
  expect(entered).toEqual(['all', 'after'])
})
