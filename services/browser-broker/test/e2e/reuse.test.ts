import { readFile } from 'node:fs/promises'
import type { AccountId } from '@surepost/shared/contracts'
import type { Lease } from '@surepost/shared/leases'
import { eventually, isolate } from '@surepost/testkit'
import { afterAll, expect, test } from 'vitest'
import { parseStat, processesOf } from '../../src/browsers/group.ts'
import { acquired, actionFor, newPlatformId, publishedAs, requestOf } from '../support/fixtures.ts'
import { setUp } from '../support/setup.ts'

const setup = await setUp(await isolate(), { env: { BROKER_SLOTS: '2', BROWSER_USES: '3' } })
const { broker, leases, site } = setup
afterAll(() => setup[Symbol.asyncDispose]())

/** A session of the whole browser, as only its holder has it. */
const browserSession = async ({ context }: Lease) => {
  const browser = context.browser()
  if (browser === null) throw new Error('the context has no browser')
  return browser.newBrowserCDPSession()
}

/** The process group of the browser: Chromium itself says which process it is (a script may have started it). */
const groupOf = async (lease: Lease): Promise<number> => {
  const session = await browserSession(lease)
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  const pid = processInfo.find(({ type }) => type === 'browser')?.id
  const { group } = parseStat(await readFile(`/proc/${pid}/stat`, 'latin1'))
  expect(await groups()).toContain(group)
  return group
}

const groups = async (): Promise<Set<number>> =>
  new Set((await processesOf(`${broker.dataDir}/browsers`)).map(({ group }) => group))

/** Hold a lease for a moment; which browser it had. */
const visit = async (account: AccountId, work: (lease: Lease) => Promise<void> = async () => {}): Promise<number> => {
  await using lease = await acquired(leases, requestOf(account))
  await work(lease)
  return await groupOf(lease)
}

test('a browser serves its account again after a clean end, a few times, and no other account', async () => {
  const [account, other] = [await setup.account('regular'), await setup.account('stranger')]
  const first = await visit(account)
  expect(await visit(account)).toBe(first)
  expect(await visit(other)).not.toBe(first)
  expect(await visit(account)).toBe(first)
  await setup.idle()
  // BROWSER_USES leases: then it was seen gone before its account was free again.
  expect(await groups()).not.toContain(first)
  expect(await visit(account)).not.toBe(first)
})

test('whoever held a kept browser has nothing left in it, and its next holder sees nothing of it', async () => {
  const account = await setup.account('succeeding')
  // A reading lease: nothing of it is saved in the account's session.
  const lease = await acquired(leases, requestOf(account, { class: 'background' }))
  const group = await groupOf(lease)
  const [page, session] = [await lease.newPage(), await browserSession(lease)]
  await page.goto(site)
  await lease.context.addCookies([{ name: 'left', value: 'behind', url: site }])
  await page.evaluate("localStorage.setItem('left', 'behind')")
  await lease[Symbol.asyncDispose]()
  await setup.idle()
  await using next = await acquired(leases, requestOf(account))
  expect(await groupOf(next)).toBe(group)
  await expect(page.goto(site)).rejects.toThrow(/closed/)
  await expect(session.send('Target.getTargets')).rejects.toThrow(/closed/)
  const { browserContextIds } = await (await browserSession(next)).send('Target.getBrowserContexts')
  expect(browserContextIds).toHaveLength(1)
  const fresh = await next.newPage()
  await fresh.goto(site)
  expect(await fresh.evaluate("localStorage.getItem('left')")).toBeNull()
})

test('a lease that leaves an action unsettled takes its browser with it, though it says that it is clean', async () => {
  const account = await setup.account('unsettled')
  const action = actionFor(account)
  const first = await visit(account, async (lease) => void (await lease.begin(action)))
  await using lease = await acquired(leases, requestOf(account))
  expect(await groups()).not.toContain(first)
  expect(await groupOf(lease)).not.toBe(first)
  expect(await lease.begin(action)).toMatchObject({ answer: 'unknown', attempt: 1 })
  await lease.complete(action, 1, publishedAs(newPlatformId()))
})

test('a failed lease takes its browser with it', async () => {
  const account = await setup.account('failing')
  const first = await visit(account, async (lease) => lease.taint())
  await setup.idle()
  expect(await groups()).not.toContain(first)
})

test('a context that outlives its connection takes the browser with it', async () => {
  const account = await setup.account('leaving')
  const first = await visit(account, async (lease) => {
    // Of nobody's connection: Playwright does not dispose of it.
    await (await browserSession(lease)).send('Target.createBrowserContext')
  })
  await setup.idle()
  expect(await groups()).not.toContain(first)
})

test('kept browsers make room: never more than slots and the spare', async () => {
  const accounts = await Promise.all(['one', 'two', 'three', 'four'].map((id) => setup.account(id)))
  const watching = new AbortController()
  let most = 0
  const watch = (async () => {
    while (!watching.signal.aborted) most = Math.max(most, (await groups()).size)
  })()
  for (const account of [...accounts, ...accounts]) await visit(account)
  watching.abort()
  await watch
  expect(most).toBeLessThanOrEqual(3)
  await eventually(async () => (await groups()).size >= 2)
})

test('a kept browser that is frozen or dies is replaced, and costs no lease', async () => {
  const account = await setup.account('thawing')
  const first = await visit(account)
  await setup.idle()
  process.kill(-first, 'SIGSTOP')
  const second = await visit(account)
  await setup.idle()
  expect(second).not.toBe(first)
  expect(await groups()).not.toContain(first)
  process.kill(-second, 'SIGKILL')
  expect(await visit(account)).not.toBe(second)
})
