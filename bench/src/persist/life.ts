import {
  AccountId,
  Hash,
  MetricsCollected,
  PlatformId,
  PostDispatched,
  PostSubmitted,
  SegmentBegun,
  SegmentPublished,
  checkId,
  newId,
  newPostId,
} from '@surepost/shared/contracts'
import type { Bus } from '@surepost/shared/messaging'

/** What `emitLives` says of each post. */
export const FACTS_OF_LIVES = [PostSubmitted, PostDispatched, SegmentBegun, SegmentPublished, MetricsCollected] as const
/** Facts in the life of one post. */
export const FACTS_OF_A_LIFE = FACTS_OF_LIVES.length

const HOUR_MS = 3_600_000
const account = AccountId.parse('bench')
const metrics = { replies: 1, reposts: 2, quotes: 0, likes: 5, bookmarks: 0, views: 90 }
let lastPlatformId = 1_700_000_000_000_000_000n

/** What is said of a post from its submission to its first reading: an hour ago, so that nothing of it is due. */
const sayLife = async (bus: Bus): Promise<void> => {
  const at = new Date(Date.now() - HOUR_MS).toISOString()
  const postId = newPostId()
  const platformId = PlatformId.parse(String((lastPlatformId += 1n)))
  const revision = { at, postId, revision: 1 }
  const segment = { segment: 0, account }
  await Promise.all([
    bus.emit(PostSubmitted, {
      ...revision,
      account,
      platform: 'x',
      hash: Hash.parse('a'.repeat(64)),
      content: { segments: [{ text: `What we measured today, number ${platformId}. `.repeat(4), media: [] }] },
      client: 'bench',
      approval: 'auto',
      scheduledAt: null,
      notAfter: new Date(Date.now() + HOUR_MS).toISOString(),
    }),
    bus.emit(PostDispatched, { ...revision, deadline: new Date(Date.now() + HOUR_MS).toISOString() }),
    bus.emit(SegmentBegun, { ...revision, ...segment, attempt: 1, ledger: { id: newId(), seq: 1 } }),
    bus.emit(SegmentPublished, {
      ...revision,
      ...segment,
      platform: 'x',
      platformId,
      url: `https://x.com/bench/status/${platformId}`,
      publishedAt: at,
      source: 'response',
      ledger: null,
    }),
    bus.emit(MetricsCollected, {
      at,
      postId,
      segment: 0,
      checkId: checkId(postId, 0, 3_600),
      platformId,
      metrics,
      suspect: null,
    }),
  ])
}

/** Say the lives of `posts` posts; resolves when RabbitMQ has confirmed all of it. */
export const emitLives = async (bus: Bus, posts: number): Promise<void> => {
  let left = posts
  const speaker = async (): Promise<void> => {
    while ((left -= 1) >= 0) await sayLife(bus)
  }
  await Promise.all(Array.from({ length: 100 }, speaker))
}
