import { setTimeout as delay } from 'node:timers/promises'
import { Client } from 'pg'
import type { Metrics } from '@surepost/shared/contracts'
import { connectBus } from '@surepost/shared/messaging'
import { silentLogger } from '@surepost/shared/runtime'
import { type JudgedCheck, type JudgedReading, type Result, judge } from './judge.ts'
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
  /** Readings that came to an end, failed ones included, by the seconds from the first fault to the last check. */
  readonly pagesPerSecond: number
  readonly seconds: number
}

/** One post in so many is planted unreadable; one at least. */
const UNREADABLE_EACH = 25
const LOOK_EVERY_MS = 1_000
const KILL_EVERY_MS = 8_000
/** Checks leave at least an hour; those of unreadable pages are given this long instead, in seconds from the start. */
const DEADLINE_SECONDS = 60

/** Plant posts and faults in a running installation, and watch until every check has ended. */
export const metricsFaults = async (world: World, wish: Wish, signal: AbortSignal): Promise<Measured> => {
  const random = seeded(wish.seed)
  const log = silentLogger()
  const where = { url: world.amqpUrl, managementUrl: world.rabbitmqManagementUrl }
  await using bus = await connectBus({ ...where, service: 'bench', shards: 1, log })
  const sql = new Client({ connectionString: world.postgresUrl })
  await sql.connect()
  try {
    wish.onProgress(`planting ${wish.posts} posts`)
    const posts = await plantPosts(world, bus, wish.posts, random)
    const unreadable = posts.filter((_, n) => n % UNREADABLE_EACH === 0)
    await plantFaults(world, unreadable)
    const start = performance.now()
    const pagesKilled = await watch(sql, world, wish, { unreadable, random }, signal)
    const seconds = (performance.now() - start) / 1_000
    return { ...(await weigh(sql, posts, unreadable, seconds)), posts: wish.posts, seed: wish.seed, pagesKilled }
  } finally {
    await sql.end()
  }
}

/** Until all checks have ended: shorten the deadlines of what cannot be read, and kill a page now and then. */
const watch = async (
  sql: Client,
  world: World,
  { posts, withinMs, onProgress }: Wish,
  { unreadable, random }: { readonly unreadable: readonly Planted[]; readonly random: () => number },
  signal: AbortSignal,
): Promise<number> => {
  const ids = unreadable.map(({ postId }) => postId)
  const end = performance.now() + withinMs
  let lastKill = performance.now()
  let killed = 0
  const deadline = new Date(Date.now() + DEADLINE_SECONDS * 1_000)
  while (performance.now() < end) {
    await sql.query('update checks set deadline = $2 where post_id = any ($1) and deadline > $2', [ids, deadline])
    const { rows } = await sql.query<{ state: string; n: number }>(
      'select state, count(*)::int as n from checks group by state',
    )
    const counts = Object.fromEntries(rows.map(({ state, n }) => [state, n]))
    const ended = (counts['done'] ?? 0) + (counts['missed'] ?? 0)
    onProgress(`fulfilled ${counts['done'] ?? 0}, missed ${counts['missed'] ?? 0} of ${posts * CHECKS.length}`)
    if (ended === posts * CHECKS.length) break
    if (performance.now() - lastKill > KILL_EVERY_MS) {
      lastKill = performance.now()
      if (await killPage(world.brokerPid, random)) killed += 1
    }
    await delay(LOOK_EVERY_MS, undefined, { signal })
  }
  return killed
}

const weigh = async (
  sql: Client,
  posts: readonly Planted[],
  unreadable: readonly Planted[],
  seconds: number,
): Promise<Result & { readonly pagesPerSecond: number; readonly seconds: number }> => {
  const checks = await sql.query<JudgedCheck>('select post_id as "postId", state, failures from checks')
  const readings = await sql.query<JudgedReading & { suspect: string | null }>(
    'select post_id as "postId", metrics, suspect from readings',
  )
  const truth = new Map<string, Metrics>(posts.map(({ postId, figures }) => [postId, figures]))
  const believed = readings.rows.filter(({ suspect }) => suspect === null)
  const ids = new Set<string>(unreadable.map(({ postId }) => postId))
  const result = judge(posts.length * CHECKS.length, checks.rows, believed, truth, ids)
  const pages = believed.length + result.failures
  return {
    ...result,
    pagesPerSecond: Math.round((pages / seconds) * 100) / 100,
    seconds: Math.round(seconds * 10) / 10,
  }
}
