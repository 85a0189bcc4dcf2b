import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { eventually, isolate } from '@surepost/testkit'
import { afterAll, expect, test } from 'vitest'
import { BROWSER_MARK } from '../../src/browsers/group.ts'
import { acquired, cookieSite, requestOf } from '../support/fixtures.ts'
import { setUp } from '../support/setup.ts'

// The site of the platform: nobody is there until a test opens it.
const { url: site, ...gone } = await cookieSite()
await gone[Symbol.asyncDispose]()
const setup = await setUp(await isolate(), {
  env: { BROKER_SLOTS: '2', POOL_WAIT_OLD_MS: '1000', X_BASE_URL: site },
})
const { broker, bus, leases } = setup
const said: string[] = []
const watching = await bus.watchFacts(({ type, body }) => {
  if (type.startsWith('alert.')) said.push(`${type} ${(body as { readonly key: string }).key}`)
})
afterAll(async () => {
  await watching[Symbol.asyncDispose]()
  await setup[Symbol.asyncDispose]()
})

/** After what was heard before: at its start a broker clears what an earlier one may have raised. */
const hears = async (what: string): Promise<void> => {
  await eventually(() => said.includes(what), { timeoutMs: 60_000 }).catch(() => expect(said).toContain(what))
  said.splice(0, said.indexOf(what) + 1)
}

test('that a publisher waits for long while every slot is taken is told, and that it is over', async () => {
  const [one, two, three] = await Promise.all(['one', 'two', 'three'].map((id) => setup.account(id)))
  if (one === undefined || two === undefined || three === undefined) throw new Error('no accounts')
  const first = await acquired(leases, requestOf(one))
  await using _second = await acquired(leases, requestOf(two))
  const waiting = leases.acquire(requestOf(three, { startBy: new Date(Date.now() + 60_000) }))
  await hears('alert.raised pool:pressure.0')
  await first[Symbol.asyncDispose]()
  const third = await waiting
  if (third.granted) await third[Symbol.asyncDispose]()
  await hears('alert.cleared pool:pressure.0')
}, 120_000)

test('a browser that nobody accounts for is told of after 10 s, and that it is gone', async () => {
  const profile = join(broker.dataDir, 'browsers', 'leaked')
  const chromium = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
  const args = ['--headless', '--no-sandbox', '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank']
  // As one that the broker has lost sight of: a process group of its own, marked as all of the broker's are.
  const leaked = spawn(chromium, args, {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, [BROWSER_MARK]: profile },
  })
  const ended = once(leaked, 'exit')
  await once(leaked.stderr, 'data')
  const since = performance.now()
  await hears('alert.raised browsers:leak.0')
  expect(performance.now() - since).toBeGreaterThan(9_000)
  process.kill(-(leaked.pid ?? 0), 'SIGKILL')
  await ended
  await hears('alert.cleared browsers:leak.0')
}, 120_000)

test('that the platform cannot be reached is told, nobody gets a browser meanwhile, and all goes on when it is back', async () => {
  const account = await setup.account('unreached')
  const lease = await acquired(leases, requestOf(account))
  const page = await lease.context.newPage()
  expect((await page.goto(site))?.status()).toBe(502)
  await hears('alert.raised platform:away.x.0')
  await lease[Symbol.asyncDispose]()
  expect(await leases.acquire(requestOf(account))).toMatchObject({ granted: false, reason: 'platform_away' })
  await using _back = await cookieSite(Number(new URL(site).port))
  await hears('alert.cleared platform:away.x.0')
  await using again = await acquired(leases, requestOf(account))
  expect((await (await again.context.newPage()).goto(site))?.status()).toBe(200)
}, 120_000)
