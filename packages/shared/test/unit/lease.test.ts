import type { BrowserContext } from 'playwright'
import { expect, test } from 'vitest'
import { AccountId } from '../../src/contracts/index.ts'
import type { Asked, Control } from '../../src/leases/control.ts'
import { withLease } from '../../src/leases/index.ts'
import { leaseOf } from '../../src/leases/lease.ts'
import { silentLogger } from '../../src/runtime/index.ts'

/** A claimed `act` lease whose broker agrees to everything. @returns it, and what was asked of the broker */
const claimed = () => {
  const asked: Asked[] = []
  const none = new AbortController().signal
  const ask = async (request: Asked): Promise<unknown> => void asked.push(request)
  const control = { lost: none, yielding: none, ask: ask as Control['ask'], close: () => {} }
  const browser = {
    context: {} as BrowserContext,
    newPage: () => Promise.reject(new Error('no pages here')),
    storageState: async () => ({ cookies: ['rotated'] }),
    close: async () => {},
  }
  const grant = {
    answer: 'granted',
    requestId: 'r',
    leaseId: 'l',
    fence: 1,
    endpoint: 'ws://e',
    control: 'ws://c',
    token: 'token',
    expiresAt: new Date().toISOString(),
  } as const
  const lease = leaseOf({
    account: AccountId.parse('ada'),
    class: 'act',
    grant,
    session: { platform: 'x', handle: 'ada', storageState: {} },
    control,
    browser,
    log: silentLogger(),
    onEnd: () => {},
  })
  const released = () => asked.filter(({ op }) => op === 'release')
  return { lease, released }
}
const clean = [{ op: 'release', outcome: 'clean', storageState: { cookies: ['rotated'] } }]
const failed = [{ op: 'release', outcome: 'failed' }]

test('work that returns releases its lease as clean, once, with the rotated session', async () => {
  const { lease, released } = claimed()
  expect(await withLease(lease, async () => 7)).toBe(7)
  await lease[Symbol.asyncDispose]()
  expect(released()).toEqual(clean)
})

test('work that throws releases its lease as failed, without the session, and says what it threw', async () => {
  const { lease, released } = claimed()
  await expect(withLease(lease, () => Promise.reject(new Error('the page is another one')))).rejects.toThrow(
    'another one',
  )
  expect(released()).toEqual(failed)
})

test('a lease whose account was paused by its holder is failed: that session is not kept', async () => {
  const { lease, released } = claimed()
  await withLease(lease, ({ pauseAccount }) => pauseAccount('challenge', null))
  expect(released()).toEqual(failed)
})
