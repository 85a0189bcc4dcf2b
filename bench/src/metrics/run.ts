import {
  CollectMetrics,
  MetricsCollected,
  type Metrics,
  PlatformId,
  newId,
  newPostId,
} from '@surepost/shared/contracts'
import { type Bus, connectBus } from '@surepost/shared/messaging'
import { silentLogger } from '@surepost/shared/runtime'
import { ensureInstalled, startStack } from '@surepost/stack'
import type { Browser } from 'playwright'
import { BUSY, SERVICES, worldOf } from '../metrics-faults/command.ts'
import { type Figures, plantPost, signUp, visitorOf } from '../metrics-faults/world.ts'
import { type Contender, type Rounds, type Verdict, interleaved, verdictOf } from '../rounds.ts'
import { type StorageState, launch, readByScript } from './script.ts'

export interface MetricsBench extends Rounds {
  readonly dataDir: string
  /** Posts that are measured by us in each round; scripts, which take longer, measure a quarter of them. */
  readonly posts: number
}

const HANDLE = 'bench_measured'
/** No check of these becomes due by itself. */
const NEVER = [30 * 86_400]
/** As many checks as the scheduler puts into one command. */
const BATCH = 20
const WITHIN_MS = 180_000
/** Reading may use one slot of two: one browser. Its canary would take turns with what is measured. */
const ONE_BROWSER = { ...BUSY, BROKER_SLOTS: '2', BROWSER_CANARY_EVERY_MS: '600000' }
/** Nothing is recorded by either side, so that the same is compared: figures that are known. */
const READERS = SERVICES.filter((name) => name !== 'persister')

interface Live {
  readonly id: PlatformId
  readonly url: string
  readonly figures: Figures
}

const SHOWN = ['replies', 'reposts', 'likes', 'bookmarks', 'views'] as const

/** @throws Error when a figure is another than the site's: what is wrong is not fast */
const mustBe = ({ id, figures }: Live, read: Partial<Metrics>): void => {
  for (const figure of SHOWN)
    if (read[figure] !== figures[figure])
      throw new Error(`${id} has ${figures[figure]} ${figure}, and ${read[figure]} were read.`)
}

const perMinute = async (count: number, work: () => Promise<void>): Promise<number> => {
  const began = performance.now()
  await work()
  return (count * 60_000) / (performance.now() - began)
}

/** The scraper, asked for these posts as the scheduler asks; over when the last of their facts is told. */
const bySurepost = async (bus: Bus, account: string, posts: readonly Live[], signal: AbortSignal): Promise<void> => {
  const deadline = new Date(Date.now() + 3_600_000).toISOString()
  const wanted = new Map(posts.map((post) => [newId(), post]))
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  await using _ = await bus.watchFacts(({ type, body }) => {
    if (type !== MetricsCollected.type) return
    const { checkId, metrics } = MetricsCollected.body.parse(body)
    const post = wanted.get(checkId)
    if (post === undefined) return
    wanted.delete(checkId)
    try {
      mustBe(post, metrics)
      if (wanted.size === 0) resolve()
    } catch (error) {
      reject(error)
    }
  })
  const checks = [...wanted].map(([checkId, { id }]) => ({
    checkId,
    postId: newPostId(),
    segment: 0,
    platformId: id,
    deadline,
  }))
  const ends = AbortSignal.any([signal, AbortSignal.timeout(WITHIN_MS)])
  ends.addEventListener('abort', () => reject(ends.reason), { once: true })
  for (let at = 0; at < checks.length; at += BATCH)
    await bus.send(CollectMetrics, { account, platform: 'x', handle: HANDLE, checks: checks.slice(at, at + BATCH) })
  await promise
}

const contenders = (
  bus: Bus,
  account: string,
  posts: readonly Live[],
  state: StorageState,
  signal: AbortSignal,
): readonly Contender[] => {
  const few = posts.slice(0, Math.max(1, Math.floor(posts.length / 4)))
  const read = async (browser: Browser, post: Live): Promise<void> =>
    mustBe(post, await readByScript(browser, post.url, state))
  return [
    {
      name: 'surepost',
      measure: () => perMinute(posts.length, () => bySurepost(bus, account, posts, signal)),
    },
    {
      name: 'script',
      measure: () =>
        perMinute(few.length, async () => {
          for (const post of few) {
            await using browser = await launch()
            await read(browser, post)
          }
        }),
    },
    {
      name: 'script, browser kept',
      async measure() {
        await using browser = await launch()
        return await perMinute(few.length, async () => {
          for (const post of few) await read(browser, post)
        })
      },
    },
  ]
}

const figuresOf = (n: number): Figures => ({
  views: 10_000 + n,
  likes: n % 7,
  reposts: n % 5,
  quotes: 0,
  replies: n % 3,
  bookmarks: n % 2,
})

/** Posts measured per minute by one browser: the scraper, beside a script for each post. @throws StackError; Error when a figure is wrong */
export const benchMetrics = async ({ dataDir, posts: count, ...rounds }: MetricsBench): Promise<Verdict> => {
  const { onProgress, signal } = rounds
  await ensureInstalled({ onProgress, signal })
  await using stack = await startStack({ dataDir, signal, durable: false, onProgress })
  const system = await stack.startServices({ only: READERS, env: { 'browser-broker': ONE_BROWSER } })
  const world = worldOf(system)
  const where = { url: world.amqpUrl, managementUrl: world.rabbitmqManagementUrl }
  await using bus = await connectBus({ ...where, service: 'bench', shards: 1, log: silentLogger() })
  const account = await signUp(world, HANDLE, NEVER)
  // The site's own answer to whoever signs in, in the shape that Playwright takes.
  const state = (await visitorOf(world, 'bench_script')) as StorageState
  const posts: Live[] = []
  for (let n = 0; n < count; n += 1) {
    const figures = figuresOf(n)
    const { id, url } = await plantPost(world, { handle: HANDLE, text: `Measured, number ${n + 1}`, figures })
    posts.push({ id: PlatformId.parse(id), url, figures })
  }
  const found = await interleaved(contenders(bus, account, posts, state, signal), rounds)
  return verdictOf('metrics', found, [{ of: 'surepost', to: 'script', atLeast: 1 }])
}
