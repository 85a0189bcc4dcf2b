import { PublishPost, SegmentPublished, type ApprovedPost } from '@surepost/shared/contracts'
import { messageOf, UnavailableError } from '@surepost/shared/errors'
import { type Lease, type Leases, withLease } from '@surepost/shared/leases'
import { done, handle, snooze, type Bus, type Outcome } from '@surepost/shared/messaging'
import type { MediaStore } from '@surepost/shared/media'
import type { Breakers } from '@surepost/shared/runtime'
import { aboutIds, traced } from '@surepost/shared/telemetry'
import { breakerKeys, guarded, type PlatformAdapter, type SegmentDraft, type Tried } from '@surepost/platforms'
import { clearAttention, emitEnd } from '../publish/end.ts'
import { publishSegment, wantedOf, type Publishing } from '../publish/segment.ts'
import { createTurns } from '../publish/turns.ts'
import type { Stop } from '../publish/verdict.ts'
import { onNoLease, onReturned, onThrown, waitFor } from '../publish/way-out.ts'

export interface PublishPorts {
  readonly bus: Pick<Bus, 'emit'>
  readonly leases: Pick<Leases, 'acquire'>
  readonly media: MediaStore
  readonly platforms: { readonly for: (name: ApprovedPost['platform']) => PlatformAdapter }
  readonly breakers: Pick<Breakers<Tried>, 'trouble' | 'execute'>
  /** The clock; the machine's when left out. A simulation gives its own. */
  readonly now?: () => Date
}
type Ports = PublishPorts & Required<Pick<PublishPorts, 'now'>>

/** How long a request for the account's `act` lease stands in line; waiting longer is a snooze, never a failure. */
const LEASE_WAIT_MS = 60_000

/**
 * Publish what is not live yet of one approved post, in order, under one `act` lease. Every way out of it, errors of any
 * kind included, ends the post visibly or keeps its command waiting.
 */
export const publishPost = (given: PublishPorts) => {
  const ports: Ports = { ...given, now: given.now ?? (() => new Date()) }
  const turns = createTurns(ports.now)
  return handle(PublishPost, async ({ body: post, lastAttempt }, { signal }): Promise<Outcome> => {
    const turn = turns.enter(post.account)
    if (turn.comeBack !== undefined) return snooze(turn.comeBack, `other posts of ${post.account} are in hand`)
    using _held = turn
    const wayOut = async (): Promise<Outcome> => {
      const { end, outcome } = await attempt(ports, post, signal).then(
        (outcome) => onReturned(outcome, lastAttempt),
        (error: unknown) => onThrown(error, lastAttempt, ports.now()),
      )
      // Stopped in the middle is not failed: thrown, the command is handed back and spends no attempt.
      if (outcome.kind === 'retry') signal.throwIfAborted()
      if (end !== null) await emitEnd(ports, post, null, end)
      return outcome
    }
    return await wayOut().catch((error: unknown) => waitFor(error, ports.now()))
  })
}

const attempt = async (ports: Ports, post: ApprovedPost, signal: AbortSignal): Promise<Outcome> => {
  const keys = breakerKeys(post.platform, post.account)
  const trouble = ports.breakers.trouble(keys)
  if (trouble !== undefined) return snooze(trouble.until, trouble.reason)
  const lease = await ports.leases.acquire({
    account: post.account,
    class: 'act',
    startBy: new Date(ports.now().getTime() + LEASE_WAIT_MS),
    // A thread has its room from its first segment on.
    action: wantedOf(post, 0),
    signal,
  })
  if (!lease.granted) return onNoLease(lease, post, ports.now())
  return withLease(lease, (held) => aboutIds({ leaseId: held.id }, () => publishUnder(ports, post, held, signal)))
}

const publishUnder = (ports: Ports, post: ApprovedPost, held: Lease, signal: AbortSignal): Promise<Outcome> => {
  const keys = breakerKeys(post.platform, post.account)
  const platform = ports.platforms.for(post.platform)
  const session = platform.open({ kind: 'browser', context: held.context }, { handle: held.handle })
  const work: Publishing = {
    post,
    lease: held,
    platform,
    session: guarded(session, ports.breakers, keys, post.postId),
    media: ports.media,
    witness: witness(ports, post),
    settledLate: () => clearAttention(ports, post),
    signal: AbortSignal.any([signal, held.signal]),
    now: ports.now,
  }
  return publishAll(ports, work).catch(waitForNextLease(held))
}

/** What the end of the lease stopped goes on under the next one, whatever it was that it stopped. */
const waitForNextLease =
  ({ signal }: Lease) =>
  (error: unknown): never => {
    if (!signal.aborted) throw error
    throw new UnavailableError('browser-broker', messageOf(signal.reason), { cause: error })
  }

/**
 * A thread may outlast its lease: past the half of its life a lease is renewed before the next segment is begun. One that
 * is as old as it may be ends here, and the rest goes on under the next one.
 */
const keepAlive = (lease: Lease, now: () => Date): (() => Promise<void>) => {
  const halfOf = (end: Date): number => (now().getTime() + end.getTime()) / 2
  let renewAt = halfOf(lease.expiresAt)
  return async () => {
    if (now().getTime() >= renewAt) renewAt = halfOf(await lease.renew())
  }
}

const publishAll = async (ports: Ports, work: Publishing): Promise<Outcome> => {
  const { post, lease } = work
  const target = post.content.replyTo
  let parent: SegmentDraft['parent'] =
    target === undefined ? null : { platformId: target.platformId, author: target.author ?? null }
  const keep = keepAlive(lease, ports.now)
  for (const index of post.content.segments.keys()) {
    await keep()
    const above = parent
    const span = { name: 'publish segment', ids: { postId: post.postId, segment: index } }
    const end = await traced(span, () => publishSegment(work, index, above))
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
