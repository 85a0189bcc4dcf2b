import { BrowserPool, PlaywrightPlugin } from '@crawlee/browser-pool'
import { findChromium } from '@surepost/stack'
import { pause } from '@surepost/shared/runtime'
import { type Browser, type Page, chromium } from 'playwright'
import { brokerEnvironment, brokerOf } from './broker.ts'
import { quantile, round, timed } from './figures.ts'
import { browserProcesses } from './pool/processes.ts'
import { type World, type WorldOptions, openWorld } from './world.ts'

export interface LeaseBench extends Omit<WorldOptions, 'env'> {
  /** Cycles (a context, a page, a document loaded, all closed) of each kind. */
  readonly cycles: number
  readonly workers: number
}

const SAMPLES = 100
const FIRST_PAGES = 15

/** How a browser is launched here: as the broker launches its own. */
interface Launch {
  readonly executablePath: string
  readonly args: readonly string[]
}

const launchOf = async (world: World): Promise<Launch> => {
  const { CHROMIUM_ARGS = '' } = await brokerEnvironment(world)
  return { executablePath: findChromium() ?? '', args: CHROMIUM_ARGS.split(' ').filter((arg) => arg !== '') }
}

const launchOne = ({ executablePath, args }: Launch): Promise<Browser> =>
  chromium.launch({ executablePath, args: [...args] })

/** One process for all: what sharing a browser would give, without any of what a lease guarantees. */
const inProcess = async ({ cycles, workers }: LeaseBench, url: string, launch: Launch) => {
  const browser = await launchOne(launch)
  const result = await timed(cycles, workers, async () => {
    const context = await browser.newContext()
    await (await context.newPage()).goto(url)
    await context.close()
  })
  await browser.close()
  return result
}

/**
 * The same with a browser for each worker, as every account has its own, and with the session read before the end: what a
 * lease's isolation and its rotated cookies cost by themselves, without a broker.
 */
const ownBrowsers = async ({ cycles, workers }: LeaseBench, url: string, launch: Launch) => {
  const browsers = await Promise.all(Array.from({ length: workers }, () => launchOne(launch)))
  const result = await timed(cycles, workers, async (worker) => {
    const context = await browsers[worker]?.newContext()
    await (await context?.newPage())?.goto(url)
    await context?.storageState()
    await context?.close()
  })
  await Promise.all(browsers.map((browser) => browser.close()))
  return result
}

/** A browser for each cycle, launched when it is wanted: what a lease for a new account replaces. */
const coldBrowser = ({ cycles, workers }: LeaseBench, url: string, launch: Launch) =>
  timed(cycles, workers, async () => {
    const browser = await launchOne(launch)
    await (await (await browser.newContext()).newPage()).goto(url)
    await browser.close()
  })

/** Crawlee's pool with a context for each page. */
const crawlee = async ({ cycles, workers }: LeaseBench, url: string, { executablePath, args }: Launch) => {
  const launchOptions = { executablePath, args: [...args] }
  const plugin = new PlaywrightPlugin(chromium, { useIncognitoPages: true, launchOptions })
  const pool = new BrowserPool({ browserPlugins: [plugin], useFingerprints: false, maxOpenPagesPerBrowser: workers })
  const result = await timed(cycles, workers, async () => {
    const page = await pool.newPage()
    await page.goto(url)
    await page.close()
  })
  await pool.destroy()
  return result
}

/** Leases over RabbitMQ, each worker with an account of its own: `uses` leases a browser. */
const surepost = async (bench: LeaseBench, world: World, uses: number) => {
  await world.admin('PUT', '/limits', { slots: bench.workers + 1, keep: { uses } })
  const accounts = await world.accounts(`uses-${uses}`, bench.workers)
  return timed(bench.cycles, bench.workers, async (worker) => {
    const [account = accounts[0]] = [accounts[worker]]
    if (account === undefined) throw new Error('there are no accounts')
    const startBy = new Date(Date.now() + 120_000)
    const lease = await world.leases.acquire({ account, class: 'act', startBy, signal: bench.signal })
    if (!lease.granted) throw new Error(`A lease was refused: ${lease.detail}`)
    await using _ = lease
    await (await lease.newPage()).goto(world.page)
  })
}

/** A lease for an account that never had one, with the spare waiting, until its first page is loaded; one after the other. */
const firstPages = async (world: World, { signal }: LeaseBench, launch: Launch) => {
  await world.admin('PUT', '/limits', { slots: 3, keep: { uses: 1 } })
  const { folder } = await brokerOf(world)
  const accounts = await world.accounts('first', FIRST_PAGES)
  const leasedMs: number[] = []
  for (const account of accounts) {
    while (new Set((await browserProcesses(folder)).map(({ group }) => group)).size !== 1)
      if (!(await pause(50, signal))) signal.throwIfAborted()
    const began = performance.now()
    const lease = await world.leases.acquire({ account, class: 'act', startBy: new Date(Date.now() + 60_000), signal })
    if (!lease.granted) throw new Error(`A lease was refused: ${lease.detail}`)
    await using held = lease
    await (await held.newPage()).goto(world.page)
    leasedMs.push(performance.now() - began)
  }
  const browser = await launchOne(launch)
  const inside = await timed(FIRST_PAGES, 1, async () => {
    await (await (await browser.newContext()).newPage()).goto(world.page)
  })
  await browser.close()
  return { inProcess: round(quantile(inside.eachMs, 0.5)), leased: round(quantile(leasedMs, 0.5)) }
}

/** Medians of one call, in milliseconds. */
const evaluation = async (world: World, { signal }: LeaseBench, launch: Launch) => {
  const median = async (page: Page): Promise<number> =>
    round(quantile((await timed(SAMPLES, 1, async () => void (await page.evaluate('1 + 1')))).eachMs, 0.5), 2)
  const browser = await launchOne(launch)
  const inside = await median(await browser.newPage())
  await browser.close()
  const [account] = await world.accounts('evaluating', 1)
  if (account === undefined) throw new Error('there is no account')
  const startBy = new Date(Date.now() + 60_000)
  const lease = await world.leases.acquire({ account, class: 'act', startBy, signal })
  if (!lease.granted) throw new Error(`A lease was refused: ${lease.detail}`)
  await using _ = lease
  return { inProcess: inside, leased: await median(await lease.newPage()) }
}

const told = ({ eachMs, perSecond }: Awaited<ReturnType<typeof timed>>) => ({
  perSecond: round(perSecond, 2),
  p50Ms: round(quantile(eachMs, 0.5)),
  p95Ms: round(quantile(eachMs, 0.95)),
})

/** What a lease costs beside an in-process context and Crawlee's pool. @throws StackError; Error when a lease is refused */
export const benchLease = async (bench: LeaseBench) => {
  await using world = await openWorld(bench)
  const run = <T>(name: string, work: () => Promise<T>): Promise<T> => {
    bench.onProgress(`${bench.cycles} cycles, ${bench.workers} at once: ${name}`)
    return work()
  }
  const launch = await launchOf(world)
  const launched = await timed(10, 1, async () => (await launchOne(launch)).close())
  const inside = await run('in process', () => inProcess(bench, world.page, launch))
  const own = await run('in process, a browser for each worker', () => ownBrowsers(bench, world.page, launch))
  const kept = await run('leases, browsers kept', () => surepost(bench, world, 100))
  const fresh = await run('leases, a browser each', () => surepost(bench, world, 1))
  const cold = await run('a cold browser each', () => coldBrowser(bench, world.page, launch))
  return {
    cycles: bench.cycles,
    workers: bench.workers,
    launchMs: round(quantile(launched.eachMs, 0.5)),
    inProcess: told(inside),
    ownBrowsers: told(own),
    crawlee: told(await run('Crawlee', () => crawlee(bench, world.page, launch))),
    leaseKept: told(kept),
    leaseFresh: told(fresh),
    coldBrowser: told(cold),
    /** Of cycles a second: what is kept of an in-process context's, and what is won over a cold browser's. */
    keptToInProcess: round(kept.perSecond / inside.perSecond, 2),
    keptToOwnBrowsers: round(kept.perSecond / own.perSecond, 2),
    freshToCold: round(fresh.perSecond / cold.perSecond, 2),
    firstPageMs: await firstPages(world, bench, launch),
    evaluateMs: await evaluation(world, bench, launch),
  }
}
