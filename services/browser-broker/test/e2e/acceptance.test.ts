import { readdir } from 'node:fs/promises'
import type { AccountId } from '@surepost/shared/contracts'
import { eventually, isolate } from '@surepost/testkit'
import { afterAll, expect, test } from 'vitest'
import { processesOf } from '../../src/browsers/group.ts'
import { accountConfig, acquired, configure, requestOf, sessionWith } from '../support/fixtures.ts'
import { killInNewContext } from '../support/kill-in-new-context.ts'
import { setUp } from '../support/setup.ts'

/** How often a holder is killed: few in CI; 60 for the acceptance of a release. */
const ROUNDS = Number(process.env['ACCEPTANCE_ROUNDS'] ?? 9)
const AT_ONCE = 3
const PER_ROUND_MS = 20_000

const setup = await setUp(await isolate(), { env: { BROKER_SLOTS: '4', BACKGROUND_CPU_PERCENT: '101' } })
const { broker, leases, site } = setup
afterAll(() => setup[Symbol.asyncDispose]())

const folder = `${broker.dataDir}/browsers`
const groups = async (): Promise<Set<number>> => new Set((await processesOf(folder)).map(({ group }) => group))

/** A session with local storage in several origins: its context takes Playwright a while. */
const slowSession = {
  ...sessionWith('secret'),
  origins: Array.from({ length: 20 }, (_, i) => ({
    origin: `https://site-${i}.example`,
    localStorage: [{ name: 'key', value: 'v'.repeat(1_000) }],
  })),
}

const accountsOf = (name: string, count: number): Promise<AccountId[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => setup.account(`${name}-${i}`)))

test(
  'a holder that is killed while its context is being made leaves neither process nor profile',
  async () => {
    await eventually(async () => (await groups()).size === 1, { timeoutMs: 60_000 })
    const spareOnly = (await readdir(folder)).length
    const accounts = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, i) =>
        configure(setup.bus, broker, accountConfig(`killed-${i}`), slowSession),
      ),
    )
    let during = 0
    const rounds = Array.from({ length: ROUNDS }, (_, i) => i)
    const worker = async (account: AccountId): Promise<void> => {
      for (let round = rounds.pop(); round !== undefined; round = rounds.pop()) {
        const killed = await killInNewContext(setup.amqpUrl, account, 1 + (round % 25))
        during += killed ? 1 : 0
      }
    }
    await Promise.all(accounts.map(worker))
    expect(during).toBe(ROUNDS)
    await eventually(async () => (await setup.held()).length === 0, { timeoutMs: 30_000 })
    await eventually(async () => (await groups()).size === 1, { timeoutMs: 60_000 })
    await eventually(async () => (await readdir(folder)).length === spareOnly, { timeoutMs: 30_000 })
  },
  60_000 + ROUNDS * PER_ROUND_MS,
)

test('two publishes for one account never have two live browsers', async () => {
  const account = await setup.account('contended')
  // Before any other account had a browser that is kept for it: there is the spare alone.
  await eventually(async () => (await groups()).size === 1, { timeoutMs: 60_000 })
  const over = new AbortController()
  let [most, looks] = [0, 0]
  const watching = (async () => {
    for (; !over.signal.aborted; looks += 1) most = Math.max(most, (await groups()).size)
  })()
  const publisher = async (tainting: number): Promise<void> => {
    for (let i = 0; i < 4; i += 1) {
      await using lease = await acquired(leases, requestOf(account, { startBy: new Date(Date.now() + 100_000) }))
      await (await lease.newPage()).goto(site)
      if (i % 2 === tainting) lease.taint()
    }
  }
  await Promise.all([publisher(0), publisher(1)])
  over.abort()
  await watching
  expect(looks).toBeGreaterThan(8)
  // The lease's and the spare.
  expect(most).toBe(2)
})

test('a flood of reads that do not end makes no publish late', async () => {
  const [readers, publishers] = [await accountsOf('reader', 12), await accountsOf('publisher', 3)]
  const over = new AbortController()
  const ended = new Promise((resolve) => over.signal.addEventListener('abort', resolve))
  const reading = readers.map(async (account) => {
    const startBy = new Date(Date.now() + 300_000)
    const lease = await leases.acquire(requestOf(account, { class: 'background', startBy, signal: over.signal }))
    if (!lease.granted) throw new Error(`a read was refused: ${lease.reason}`)
    await ended
    await lease[Symbol.asyncDispose]()
  })
  const settled = Promise.allSettled(reading)
  await eventually(async () => (await setup.held()).length === 3, { timeoutMs: 60_000 })
  const waiting = async () => (await broker.get<{ waiting: { background: number } }>('/pressure')).waiting.background
  await eventually(async () => (await waiting()) === 9)
  for (const account of [...publishers, ...publishers]) {
    await using lease = await acquired(leases, requestOf(account, { startBy: new Date(Date.now() + 30_000) }))
    expect(lease.granted).toBe(true)
  }
  over.abort(new Error('the flood is over'))
  await settled
  await setup.idle()
})

test("one lease's session of the whole browser sees nothing of another lease", async () => {
  const [one, other] = [await setup.account('curious'), await setup.account('private')]
  await using lease = await acquired(leases, requestOf(one))
  await using secret = await acquired(leases, requestOf(other))
  await secret.context.addCookies([{ name: 'only-of', value: 'the-other', url: site }])
  const page = await secret.newPage()
  await page.goto(`${site}/of-the-other`)
  const session = await lease.context.browser()?.newBrowserCDPSession()
  const { browserContextIds } = (await session?.send('Target.getBrowserContexts')) ?? { browserContextIds: [] }
  expect(browserContextIds).toHaveLength(1)
  const seen = await Promise.all([
    session?.send('Target.getTargets'),
    session?.send('Storage.getCookies'),
    ...browserContextIds.map((browserContextId) => session?.send('Storage.getCookies', { browserContextId })),
  ])
  expect(JSON.stringify(seen)).toContain('auth_token')
  expect(JSON.stringify(seen)).not.toMatch(/the-other/)
})
