import { setTimeout as delay } from 'node:timers/promises'
import type { Metrics } from '@surepost/shared/contracts'
import { connectDatabase, type Database } from '@surepost/shared/database'
import { connectBus } from '@surepost/shared/messaging'
import { silentLogger } from '@surepost/shared/runtime'
import { type Result, judge } from './judge.ts'
import { CHECKS, type Planted, plantFaults, plantPosts } from './plant.ts'
import { seeded } from './random.ts'
import { killPage } from './renderers.ts'
import type { World } from './world.ts'

export interface Wish {
  readonly posts: number
  readonly seed: number
  /** Give up after this and report what there is. */
  readonly withinMs: number
  readonly onProgress: (text: string) => void
}

export interface Measured extends Result {
  readonly posts: number
  readonly seed: number
  readonly pagesKilled: number
  /** Readings that came to an end, failed ones included, by the seconds from the first post to the last check. */
  readonly pagesPerSecond: number
  readonly seconds: number
}

const LOOK_EVERY_MS = 1_000
const KILL_EVERY_MS = 8_000
/** Plant posts and faults in a running installation, and watch until every check has ended. */
export const metricsFaults = async (world: World, wish: Wish, signal: AbortSignal): Promise<Measured> => {
  const random = seeded(wish.seed)
  const log = silentLogger()
  const where = { url: world.amqpUrl, managementUrl: world.rabbitmqManagementUrl }
  await using bus = await connectBus({ ...where, service: 'bench', shards: 1, log })
  await using database = connectDatabase({ url: world.supabaseUrl, key: world.supabaseKey, log })
  wish.onProgress(`planting ${wish.posts} posts`)
  await plantFaults(world)
  const start = performance.now()
  const posts = await plantPosts(world, bus, wish.posts, random)
  const pagesKilled = await watch(database, world, wish, random, signal)
  const seconds = (performance.now() - start) / 1_000
  return { ...(await weigh(database, posts, seconds)), posts: wish.posts, seed: wish.seed, pagesKilled }
}

type Reads = Pick<Database, 'read' | 'rpc'>

/** Until all checks have ended; a page is killed now and then. @returns how many were */
const watch = async (
  database: Reads,
  world: World,
  { posts, withinMs, onProgress }: Wish,
  random: () => number,
  signal: AbortSignal,
): Promise<number> => {
  const end = performance.now() + withinMs
  let lastKill = performance.now()
  let killed = 0
  while (performance.now() < end) {
    const { checks } = await database.rpc('overview', {}, { signal })
    const [done, missed] = [checks['done'] ?? 0, checks['missed'] ?? 0]
    onProgress(`fulfilled ${done}, missed ${missed} of ${posts * CHECKS.length}`)
    if (done + missed >= posts * CHECKS.length) break
    if (performance.now() - lastKill > KILL_EVERY_MS) {
      lastKill = performance.now()
      if (await killPage(world.brokerPid, random)) killed += 1
    }
    await delay(LOOK_EVERY_MS, undefined, { signal })
  }
  return killed
}

/** PostgREST answers so many rows at once, at most. */
const PAGE = 1_000

const all = async <T>(page: (from: number, to: number) => Promise<readonly T[]>): Promise<readonly T[]> => {
  const rows: T[] = []
  for (;;) {
    const more = await page(rows.length, rows.length + PAGE - 1)
    rows.push(...more)
    if (more.length < PAGE) return rows
  }
}

const weigh = async (
  database: Reads,
  posts: readonly Planted[],
  seconds: number,
): Promise<Result & { readonly pagesPerSecond: number; readonly seconds: number }> => {
  const checks = await all((from, to) =>
    database.read('checks', (client) =>
      client.from('checks').select('post_id, state, failures').order('id').range(from, to),
    ),
  )
  const readings = await all((from, to) =>
    database.read('readings', (client) =>
      client.from('readings').select('post_id, metrics').is('suspect', null).order('id').order('at').range(from, to),
    ),
  )
  const truth = new Map<string, Metrics>(posts.map(({ postId, figures }) => [postId, figures]))
  const unreadable = new Set<string>(posts.filter((post) => post.unreadable).map(({ postId }) => postId))
  const judged = checks.map(({ post_id: postId, state, failures }) => ({ postId, state, failures }))
  const seen = readings.map(({ post_id: postId, metrics }) => ({ postId, metrics }))
  const result = judge(posts.length * CHECKS.length, judged, seen, truth, unreadable)
  const pages = seen.length + result.failures
  return {
    ...result,
    pagesPerSecond: Math.round((pages / seconds) * 100) / 100,
    seconds: Math.round(seconds * 10) / 10,
  }
}
