import type { PlatformSession, PostReading } from '@surepost/platforms'
import type { Site } from './create.ts'
import type { LivePost } from './platform.ts'
import { seen } from './seen.ts'

const READING_MOST_MS = 150_000
/** How far the adapter looks back before `notBefore`: its own allowance for the clocks. */
const CLOCK_SKEW_MS = 120_000

type Unreadable = Extract<PostReading, { kind: 'unreadable' }>
const UNREADABLE: Unreadable = { kind: 'unreadable', cause: 'not_loaded', detail: 'the page did not load' }

/** One reading: what it holds was so at one moment between its beginning and its end. */
const readOn = <T>(
  { world, platform, process, reach }: Site,
  signal: AbortSignal,
  look: () => T,
): Promise<T | Unreadable> => {
  const { random, agenda, faults } = world
  return new Promise((resolve) => {
    let held: { readonly it: T } | undefined
    let over = false
    const end = (reading: T | Unreadable): void => {
      if (over) return
      over = true
      signal.removeEventListener('abort', stop)
      resolve(reading)
      world.wake()
    }
    const stop = (): void => end(UNREADABLE)
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    if (!faults.step(process.machine)) return
    const slow = random.chance(world.scenario.slowPagesRate)
    const length = slow ? random.between(1_500, READING_MOST_MS) : random.tail(2_000, 5_000)
    agenda.after(Math.floor(length * random.next() ** 2), () => (held = { it: look() }))
    process.after(length + 1, () => {
      const reading = held
      if (!reach.alive || reading === undefined || (platform.troubled && random.chance(0.8))) return stop()
      if (faults.step(process.machine)) process.after(0, () => end(reading.it))
    })
  })
}

/** Look for one's own post on the timeline, as the adapter does: by text, parent and time, never one of `taken`. */
export const findOn =
  (site: Site): PlatformSession['findOwnPost'] =>
  async (wanted, { signal }) => {
    const { world, platform, process, reach } = site
    const beganAt = new Date(world.agenda.now)
    const complete = !world.random.chance(0.05)
    const earliest = wanted.notBefore.getTime() - CLOCK_SKEW_MS
    const fits = (post: LivePost): boolean =>
      post.text === wanted.text &&
      post.parent === wanted.parent &&
      post.landedAt >= earliest &&
      !wanted.taken.has(post.platformId)
    world.say(process.name, () => `begins to read the timeline, for "${wanted.text}"`)
    const items = await readOn(site, signal, () => platform.timeline(reach.account).filter(fits).map(seen))
    if ('kind' in items) return items
    world.say(
      process.name,
      () =>
        `has read the timeline${complete ? '' : ' (not to its end)'}: "${wanted.text}" ${items[0] === undefined ? 'is not there' : `is ${items[0].platformId}`}`,
    )
    return { kind: 'read', items, complete, beganAt }
  }

const NOTHING_COUNTED = { replies: null, reposts: null, quotes: null, likes: null, bookmarks: null, views: null }

/** Read the post to answer: one of somebody else's, which is there. */
export const readTargetOn =
  (site: Site): PlatformSession['readPost'] =>
  async ({ platformId }, { signal }) => {
    const reading = await readOn(site, signal, () => platformId)
    if (typeof reading === 'object') return reading
    const createdAt = new Date(0)
    const post = { platformId, author: 'somebody', text: '', createdAt, url: '', inReplyTo: null, pinned: false }
    return { kind: 'read', post, metrics: NOTHING_COUNTED }
  }
