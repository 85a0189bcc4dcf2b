import {
  PostFailed,
  PostMissed,
  PostNeedsAttention,
  PublishPost,
  SegmentPublished,
  type ApprovedPost,
} from '@surepost/shared/contracts'
import { messageOf, UnavailableError } from '@surepost/shared/errors'
import type { Leases } from '@surepost/shared/leases'
import { done, handle, snooze, type Bus, type Outcome } from '@surepost/shared/messaging'
import type { MediaStore } from '@surepost/shared/media'
import type { PlatformAdapter, SegmentDraft } from '@surepost/platforms'
import { publishSegment, type Publishing } from '../publish/segment.ts'
import { createTurns } from '../publish/turns.ts'
import type { End, Stop } from '../publish/verdict.ts'

export interface PublishPorts {
  readonly bus: Pick<Bus, 'emit'>
  readonly leases: Pick<Leases, 'acquire'>
  readonly media: MediaStore
  readonly platforms: { readonly for: (name: ApprovedPost['platform']) => PlatformAdapter }
  /** The clock; the machine's when left out. A simulation gives its own. */
  readonly now?: () => Date
}
type Ports = PublishPorts & Required<Pick<PublishPorts, 'now'>>

/** How long a request for the account's `act` lease stands in line; waiting longer is a snooze, never a failure. */
const LEASE_WAIT_MS = 60_000
/** How soon to come back after a dependency (broker, lease) went away. */
const COME_BACK_MS = 3_000

/** Publish what is not live yet of one approved post, in order, under one `act` lease. */
export const publishPost = (given: PublishPorts) => {
  const ports: Ports = { ...given, now: given.now ?? (() => new Date()) }
  const turns = createTurns(ports.now)
  return handle(PublishPost, async ({ body: post, lastAttempt }, { signal }): Promise<Outcome> => {
    const turn = turns.enter(post.account)
    if (turn.comeBack !== undefined) return snooze(turn.comeBack, `other posts of ${post.account} are in hand`)
    using _held = turn
    const outcome = await attempt(ports, post, signal).catch((error: unknown) => waitFor(error, ports.now()))
    if (outcome.kind === 'retry' && lastAttempt)
      await emitEnd(ports, post, null, { kind: 'failed', code: 'attempts_spent', reason: messageOf(outcome.cause) })
    return outcome
  })
}

/** Whatever is away comes back: that spends no attempt. Every other error keeps its own consequence. */
const waitFor = (error: unknown, now: Date): Outcome => {
  if (error instanceof UnavailableError) return snooze(new Date(now.getTime() + COME_BACK_MS), error.message)
  throw error
}

const attempt = async (ports: Ports, post: ApprovedPost, signal: AbortSignal): Promise<Outcome> => {
  const lease = await ports.leases.acquire({
    account: post.account,
    class: 'act',
    startBy: new Date(ports.now().getTime() + LEASE_WAIT_MS),
    signal,
  })
  if (!lease.granted) return snooze(lease.retryAt, `${lease.reason}: ${lease.detail}`)
  await using held = lease
  const platform = ports.platforms.for(post.platform)
  const session = platform.open({ kind: 'browser', context: held.context }, { handle: held.handle })
  const work: Publishing = {
    post,
    lease: held,
    platform,
    session,
    media: ports.media,
    witness: witness(ports, post),
    signal: AbortSignal.any([signal, held.signal]),
    now: ports.now,
  }
  return await publishAll(ports, work)
}

const publishAll = async (ports: Ports, work: Publishing): Promise<Outcome> => {
  const { post, lease } = work
  const target = post.content.replyTo
  let parent: SegmentDraft['parent'] =
    target === undefined ? null : { platformId: target.platformId, author: target.author ?? null }
  for (const index of post.content.segments.keys()) {
    const end = await publishSegment(work, index, parent)
    if ('stop' in end) return stopHere(ports, work, index, end.stop)
    parent = { platformId: end.live.platformId, author: lease.handle }
  }
  return done
}

/** The id is in hand and the ledger cannot be told: say it to everybody, the ledger's own fact queue included. */
const witness =
  ({ bus, now }: Ports, post: ApprovedPost): Publishing['witness'] =>
  (segment, live) =>
    bus.emit(SegmentPublished, {
      at: now().toISOString(),
      postId: post.postId,
      revision: post.revision,
      segment,
      account: post.account,
      platform: post.platform,
      platformId: live.platformId,
      url: live.url,
      publishedAt: live.publishedAt.toISOString(),
      source: live.source,
      ledger: null,
    })

const stopHere = async (ports: Ports, { post, lease }: Publishing, index: number, stop: Stop): Promise<Outcome> => {
  if (stop.pause !== null) await lease.pauseAccount(stop.pause.reason, stop.pause.until)
  if (stop.end !== null) await emitEnd(ports, post, index, stop.end)
  return stop.outcome
}

const emitEnd = async (
  { bus, now }: Ports,
  { postId, revision }: ApprovedPost,
  segment: number | null,
  end: End,
): Promise<void> => {
  const at = now().toISOString()
  if (end.kind === 'failed')
    return bus.emit(PostFailed, { at, postId, revision, segment, code: end.code, reason: end.reason })
  if (end.kind === 'missed') return bus.emit(PostMissed, { at, postId, revision, reason: end.reason })
  return bus.emit(PostNeedsAttention, { at, postId, revision, segment, reason: end.reason })
}
