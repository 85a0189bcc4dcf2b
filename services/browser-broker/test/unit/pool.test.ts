import * as fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import type { AccountId } from '@surepost/shared/contracts'
import type { Browser } from '../../src/browsers/browser.ts'
import { wornBy } from '../../src/browsers/wear.ts'
import { ROOMY, type TestPool, ada, bob, cyd, testPool } from '../support/pool.ts'

/** Take and give back once; which browser it was. */
const use = async ({ pool }: TestPool, account: AccountId, clean = true): Promise<string> => {
  const browser = await pool.take(account)
  await pool.giveBack(browser, clean)
  return browser.id
}

test('a browser that ended cleanly serves its account again, and no other', async () => {
  await using t = testPool(3)
  const first = await use(t, ada)
  expect(await use(t, bob)).not.toBe(first)
  expect(await use(t, ada)).toBe(first)
})

test('any other end kills the browser, and is seen', async () => {
  await using t = testPool(3)
  const browser = await t.pool.take(ada)
  expect(await t.pool.giveBack(browser, false)).toMatchObject({ kept: false })
  expect(t.living.has(browser.id)).toBe(false)
  expect(await use(t, ada)).not.toBe(browser.id)
})

test('what is said to be clean but is not empty is killed', async () => {
  await using t = testPool(3)
  const browser = await t.pool.take(ada)
  t.full.add(browser.id)
  expect(await t.pool.giveBack(browser, true)).toMatchObject({ kept: false })
  expect(t.living.has(browser.id)).toBe(false)
})

test('what is kept but no longer empty is not handed out', async () => {
  await using t = testPool(3)
  const first = await use(t, ada)
  t.full.add(first)
  expect(await use(t, ada)).not.toBe(first)
  expect(t.living.has(first)).toBe(false)
})

test('the spare is looked into before anybody waits for it, and again when it is handed out', async () => {
  await using t = testPool(3)
  await vi.waitFor(() => expect(t.pool.idle).toBe(1))
  const { id } = await t.pool.take(ada)
  expect(t.looked).toEqual([id, id])
})

test('a browser that was weighed a moment ago is not weighed again, and a new one is', async () => {
  await using t = testPool(3, {}, 60_000)
  const first = await use(t, ada)
  expect([await use(t, ada), await use(t, ada)]).toEqual([first, first])
  expect(t.weighed).toBe(1)
  await use(t, bob)
  expect(t.weighed).toBe(2)
})

test.each([
  ['uses', { uses: 1 }],
  ['age', { ageMs: 0 }],
])('a browser is not kept beyond its limit of %s', async (_, keep) => {
  await using t = testPool(3, keep)
  expect(await use(t, ada)).not.toBe(await use(t, ada))
})

test('a browser that holds on to much memory is not kept', async () => {
  await using t = testPool(3)
  const browser = await t.pool.take(ada)
  t.heavy.add(browser.id)
  expect(await t.pool.giveBack(browser, true)).toMatchObject({ kept: false })
})

test('a kept browser makes room for another account, the longest idle first, seen gone before', async () => {
  await using t = testPool(2)
  const [first, second] = [await use(t, ada), await use(t, bob)]
  const third = await t.pool.take(cyd)
  expect(t.living.has(first)).toBe(false)
  expect(await use(t, bob)).toBe(second)
  await t.pool.giveBack(third, true)
  expect(t.most).toBeLessThanOrEqual(3)
})

test('idle browsers that fail a test are replaced, the spare as well', async () => {
  await using t = testPool(3)
  const kept = await use(t, ada)
  // The spare is idle once it was looked into, which is after it lives.
  await vi.waitUntil(() => t.pool.idle === 2, { timeout: 5_000 })
  const tested: string[] = []
  await t.pool.check(async ({ id }) => {
    tested.push(id)
    return null
  })
  expect(tested).toContain(kept)
  expect(tested).toHaveLength(2)
  await t.pool.check(async ({ id }) => (id === kept ? null : 'slow'))
  await vi.waitUntil(() => t.living.size === 2 && tested.some((id) => !t.living.has(id)))
  expect(await use(t, ada)).toBe(kept)
})

test('whoever wants a browser does not wait for its test, whose answer is ignored', async () => {
  await using t = testPool(3)
  await use(t, ada)
  const started = Promise.withResolvers<void>()
  const checking = t.pool.check(async (_, signal) => {
    started.resolve()
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    return 'slow'
  })
  await started.promise
  const [own, spare] = [await t.pool.take(ada), await t.pool.take(bob)]
  await checking
  expect([own.alive, spare.alive]).toEqual([true, true])
})

test('a limit is reached by what equals it', () => {
  const wear = { uses: 1, ageMs: 1, idleMs: 1, memoryMiB: 1 }
  expect(wornBy(wear, ROOMY)).toBeNull()
  for (const limit of ['uses', 'ageMs', 'idleMs', 'memoryMiB'] as const)
    expect(wornBy(wear, { ...ROOMY, [limit]: 1 })).toBe(limit)
})

test('any order of leases: no browser serves two accounts, none is out twice, never one too many', async () => {
  const step = fc.record({
    account: fc.constantFrom(ada, bob, cyd),
    end: fc.constantFrom('clean', 'unclean', 'full', 'crash'),
    hold: fc.integer({ min: 0, max: 6 }),
    wait: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: 4 }), fc.array(step, { maxLength: 40 }), async (slots, steps) => {
      await using t = testPool(slots)
      const served = new Map<string, AccountId>()
      const out = new Set<string>()
      const ending: Promise<unknown>[] = []
      let held = 0
      const end = async (browser: Browser, how: string): Promise<void> => {
        if (how === 'full') t.full.add(browser.id)
        if (how === 'crash') browser.kill()
        out.delete(browser.id)
        await t.pool.giveBack(browser, how !== 'unclean')
        held -= 1
      }
      const lease = async ({ account, end: how, hold }: (typeof steps)[number]): Promise<void> => {
        const browser = await t.pool.take(account)
        expect(out.has(browser.id)).toBe(false)
        expect(served.get(browser.id) ?? account).toBe(account)
        served.set(browser.id, account)
        out.add(browser.id)
        for (let turn = 0; turn < hold; turn += 1) await new Promise((resolve) => setImmediate(resolve))
        await end(browser, how)
      }
      for (const s of steps) {
        // The desk never has more leases than slots.
        if (held === slots) await Promise.all(ending.splice(0))
        held += 1
        const running = lease(s)
        ending.push(running)
        if (s.wait) await running
      }
      await Promise.all(ending)
      expect(t.most).toBeLessThanOrEqual(slots + 1)
      await t.pool[Symbol.asyncDispose]()
      expect(t.living.size).toBe(0)
    }),
    { numRuns: 200 },
  )
})
