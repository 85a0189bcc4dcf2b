import { BrowserPool, PlaywrightPlugin } from '@crawlee/browser-pool'
import { findChromium } from '@surepost/stack'
import { type Page, chromium } from 'playwright'
import { quantile, round, timed } from './figures.ts'
import { type World, type WorldOptions, openWorld } from './world.ts'

export interface LeaseBench extends Omit<WorldOptions, 'env'> {
  /** Cycles (a context, a page, a document loaded, all closed) of each kind. */
  readonly cycles: number
  readonly workers: number
}

const SAMPLES = 100

const options = () => ({
  executablePath: findChromium() ?? '',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
})

/** One process for all: what sharing a browser would give, without any of what a lease guarantees. */
const inProcess = async ({ cycles, workers }: LeaseBench, url: string) => {
  const browser = await chromium.launch(options())
  const result = await timed(cycles, workers, async () => {
    const context = await browser.newContext()
    await (await context.newPage()).goto(url)
    await context.close()
  })
  await browser.close()
  return result
}

/** Crawlee's pool with a context for each page. */
const crawlee = async ({ cycles, workers }: LeaseBench, url: string) => {
  const plugin = new PlaywrightPlugin(chromium, { useIncognitoPages: true, launchOptions: options() })
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

/** Medians of one call, in milliseconds. */
const evaluation = async (world: World, { signal }: LeaseBench) => {
  const median = async (page: Page): Promise<number> =>
    round(quantile((await timed(SAMPLES, 1, async () => void (await page.evaluate('1 + 1')))).eachMs, 0.5), 2)
  const browser = await chromium.launch(options())
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
  const launch = await timed(10, 1, async () => (await chromium.launch(options())).close())
  return {
    cycles: bench.cycles,
    workers: bench.workers,
    launchMs: round(quantile(launch.eachMs, 0.5)),
    inProcess: told(await run('in process', () => inProcess(bench, world.page))),
    crawlee: told(await run('Crawlee', () => crawlee(bench, world.page))),
    leaseKept: told(await run('leases, browsers kept', () => surepost(bench, world, 100))),
    leaseFresh: told(await run('leases, a browser each', () => surepost(bench, world, 1))),
    evaluateMs: await evaluation(world, bench),
  }
}
