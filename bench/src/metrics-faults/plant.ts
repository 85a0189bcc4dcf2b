import {
  Hash,
  PlatformId,
  PostSubmitted,
  SegmentPublished,
  contentHash,
  newPostId,
  type AccountId,
  type PostId,
} from '@surepost/shared/contracts'
import type { Bus } from '@surepost/shared/messaging'
import { type Figures, type SiteFault, type World, plantFault, plantPost, signUp } from './world.ts'

export interface Planted {
  readonly postId: PostId
  readonly platformId: string
  /** Its page cannot be read, and its checks' deadline is soon. */
  readonly unreadable: boolean
  readonly figures: Figures
}

/** Seconds after publishing; all are soon due, so that the bench measures work and not waiting. */
export const CHECKS = [1, 2, 3] as const
/** Accounts that the posts are shared out to: leases of different accounts run beside each other. */
const ACCOUNTS = 4
/** One post in so many is planted unreadable; one at least. */
const UNREADABLE_EACH = 25
/**
 * A check leaves an hour at least. A post that is said to have been live for so long has this many seconds left for its
 * checks, which is time for several readings to fail.
 */
const SECONDS_LEFT = 60
/** Posts planted at the same time. */
const WIDTH = 8

/**
 * Together the first three fail three loads in ten: 1 - 0.85 × 0.86 × 0.96. A rate limit ends after three seconds, so that a
 * run has many.
 */
export const FAULTS: readonly SiteFault[] = [
  { kind: 'page_error', probability: 0.15 },
  { kind: 'page_cut', probability: 0.14 },
  { kind: 'page_rate_limit', probability: 0.04, delayMs: 3_000 },
  { kind: 'slow_page', probability: 0.03, delayMs: 2_000 },
]

/** Figures of every size, zero included; nobody reacts who did not look. */
const figuresOf = (random: () => number): Figures => {
  const views = Math.floor(10 ** (random() * 7))
  const share = (most: number): number => (random() < 0.2 ? 0 : Math.floor(views * most * random()))
  return {
    views,
    likes: share(0.2),
    reposts: share(0.05),
    quotes: share(0.01),
    replies: share(0.03),
    bookmarks: share(0.02),
  }
}

/** Posts that are live and recorded as such: on the site, and as the facts that publishing would have said. */
export const plantPosts = async (
  world: World,
  bus: Pick<Bus, 'emit'>,
  count: number,
  random: () => number,
): Promise<readonly Planted[]> => {
  const handles = Array.from({ length: Math.min(ACCOUNTS, count) }, (_, n) => `bench_${n + 1}`)
  const accounts = new Map<string, AccountId>()
  for (const handle of handles) accounts.set(handle, await signUp(world, handle, CHECKS))
  const wishes = Array.from({ length: count }, (_, n) => ({
    handle: handles[n % handles.length] ?? '',
    text: `Measured under faults, number ${n + 1}`,
    figures: figuresOf(random),
    unreadable: n % UNREADABLE_EACH === 0,
  }))
  const planted: Planted[] = []
  let next = 0
  const line = async (): Promise<void> => {
    for (let wish = wishes[next++]; wish !== undefined; wish = wishes[next++]) {
      const { handle, text, figures, unreadable } = wish
      const live = await plantPost(world, { handle, text, figures })
      const postId = newPostId()
      const publishedAt = new Date(Date.now() - (unreadable ? (3_600 - SECONDS_LEFT) * 1_000 : 0)).toISOString()
      if (unreadable) await plantFault(world, { kind: 'age_gate', matching: live.id })
      await tell(bus, accounts.get(handle) as AccountId, { postId, text, publishedAt }, live)
      planted.push({ postId, platformId: live.id, figures, unreadable })
    }
  }
  await Promise.all(Array.from({ length: WIDTH }, line))
  return planted
}

const tell = async (
  bus: Pick<Bus, 'emit'>,
  account: AccountId,
  { postId, text, publishedAt }: { readonly postId: PostId; readonly text: string; readonly publishedAt: string },
  live: { readonly id: string; readonly url: string },
): Promise<void> => {
  const at = new Date().toISOString()
  const notAfter = new Date(Date.now() + 3_600_000).toISOString()
  const content = { segments: [{ text, media: [] }] }
  const ofPost = { at, postId, revision: 1, account, platform: 'x' } as const
  const approved = { client: 'bench', approval: 'auto', scheduledAt: null, notAfter } as const
  await bus.emit(PostSubmitted, { ...ofPost, ...approved, hash: Hash.parse(contentHash(content)), content })
  const published = {
    platformId: PlatformId.parse(live.id),
    url: live.url,
    publishedAt,
    source: 'response',
    ledger: null,
  } as const
  await bus.emit(SegmentPublished, { ...ofPost, segment: 0, ...published })
}

/** What befalls every page from now on. */
export const plantFaults = async (world: World): Promise<void> => {
  for (const fault of FAULTS) await plantFault(world, fault)
}
