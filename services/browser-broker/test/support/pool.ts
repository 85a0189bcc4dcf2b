import { AccountId } from '@surepost/shared/contracts'
import { silentLogger } from '@surepost/shared/runtime'
import type { Browser } from '../../src/browsers/browser.ts'
import { type BrowserPool, type PoolLimits, openPool } from '../../src/browsers/pool.ts'

export const ROOMY: PoolLimits['keep'] = { uses: 100, ageMs: 1e9, idleMs: 1e9, memoryMiB: 1_000 }

/** A pool over browsers that are only remembered: everything but the processes is production's. */
export interface TestPool extends AsyncDisposable {
  readonly pool: BrowserPool
  readonly living: ReadonlySet<string>
  /** Most that ever lived at once. */
  readonly most: number
  /** What a browser is like from now on. */
  readonly full: Set<string>
  readonly heavy: Set<string>
  /** How often the memory of a browser was measured. */
  readonly weighed: number
  /** Browsers in the order in which they were looked into. */
  readonly looked: readonly string[]
  limits: PoolLimits
}

let last = 0

export const testPool = (slots: number, keep: Partial<PoolLimits['keep']> = {}, weighEveryMs = 0): TestPool => {
  const living = new Set<string>()
  const [full, heavy] = [new Set<string>(), new Set<string>()]
  const looked: string[] = []
  let weighed = 0
  let most = 0
  const launch = async (): Promise<Browser> => {
    const id = `browser-${(last += 1)}`
    const exit = Promise.withResolvers<Date>()
    // Real ones take their time as well.
    await new Promise((resolve) => setImmediate(resolve))
    living.add(id)
    most = Math.max(most, living.size)
    const kill = (): void =>
      void setImmediate(() => {
        living.delete(id)
        exit.resolve(new Date())
      })
    return {
      id,
      pgid: last,
      startedAt: Date.now(),
      endpoint: new URL('ws://127.0.0.1'),
      gone: exit.promise,
      get alive() {
        return living.has(id)
      },
      kill,
    }
  }
  const seeEmpty = async ({ id }: Browser): Promise<void> => {
    looked.push(id)
    await new Promise((resolve) => setImmediate(resolve))
    if (full.has(id)) throw new Error('a context is open')
  }
  const memoryOf = async ({ id }: Browser): Promise<number> => {
    weighed += 1
    return heavy.has(id) ? 2_000 : 60
  }
  const test: TestPool = {
    pool: openPool({ launch, seeEmpty, memoryOf, weighEveryMs, log: silentLogger() }, () => test.limits),
    living,
    get most() {
      return most
    },
    full,
    heavy,
    get weighed() {
      return weighed
    },
    looked,
    limits: { slots, keep: { ...ROOMY, ...keep } },
    [Symbol.asyncDispose]: () => test.pool[Symbol.asyncDispose](),
  }
  return test
}

export const [ada, bob, cyd] = ['ada', 'bob', 'cyd'].map((id) => AccountId.parse(id)) as [
  AccountId,
  AccountId,
  AccountId,
]
