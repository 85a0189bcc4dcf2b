import {
  kindOf,
  textHashOf,
  type ApprovedPost,
  type BeginAction,
  type BeginAnswer,
  type Segment,
  type WantedAction,
} from '@surepost/shared/contracts'
import type { Lease, PublishedId } from '@surepost/shared/leases'
import type { MediaStore } from '@surepost/shared/media'
import { UnavailableError } from '@surepost/shared/errors'
import type {
  ListReading,
  OwnPostQuery,
  PlatformAdapter,
  PlatformSession,
  SeenPost,
  SegmentDraft,
} from '@surepost/platforms'
import {
  onBeginRefused,
  onNoMedia,
  onNotCreated,
  onNotFound,
  onTarget,
  onUnsettled,
  type Stop,
  type Unknown,
} from './verdict.ts'
import { done } from '@surepost/shared/messaging'
import { counted } from './count.ts'

/** What publishing one segment ended in: live with the platform's id, or a reason to stop. */
export type SegmentEnd = { readonly live: PublishedId } | { readonly stop: Stop }

export interface Publishing {
  readonly post: ApprovedPost
  readonly lease: Lease
  readonly platform: PlatformAdapter
  readonly session: PlatformSession
  readonly media: MediaStore
  /** Say that a segment is live, when the ledger could not be told. */
  readonly witness: (segment: number, live: PublishedId) => Promise<void>
  /** Say that a segment that may have been given up on has settled after all. */
  readonly settledLate: () => Promise<void>
  readonly signal: AbortSignal
  /** The clock: the machine's, or a simulation's. */
  readonly now: () => Date
}

/** What the ledger is asked of one segment, the command apart. */
export const wantedOf = (post: ApprovedPost, segment: number): WantedAction => {
  const text = post.content.segments[segment]?.text ?? ''
  return {
    postId: post.postId,
    revision: post.revision,
    segment,
    segments: post.content.segments.length,
    hash: post.hash,
    textHash: textHashOf(text),
    account: post.account,
    kind: kindOf(post.content),
    notAfter: post.notAfter,
    ...(post.acceptedAt === undefined ? {} : { acceptedAt: post.acceptedAt }),
  }
}

/**
 * Publish one segment: ask the ledger, then act, or record, or look. Told the ledger's answer, it does one thing and
 * says what came of it: within one call there is one look at most, and one click at most.
 * @param parent the segment before this one, or the answered post.
 */
export const publishSegment = async (
  work: Publishing,
  index: number,
  parent: SegmentDraft['parent'],
): Promise<SegmentEnd> => {
  const action = { ...wantedOf(work.post, index), command: work.post }
  const answer = await work.lease.begin(action)
  // It was counted when it came to be live.
  if (answer.answer === 'done') return known(work, answer)
  return counted(
    work.post,
    answer.answer === 'unknown' ? reconcile(work, action, answer, parent) : follow(work, action, answer, parent),
  )
}

const stopQuietly: SegmentEnd = { stop: { tell: null, pause: null, end: null, outcome: done } }

const known = ({ now }: Publishing, { platformId, url }: Extract<BeginAnswer, { answer: 'done' }>): SegmentEnd => ({
  live: { platformId, url, publishedAt: now(), source: 'reconciled' },
})

const follow = async (
  work: Publishing,
  action: BeginAction,
  answer: Exclude<BeginAnswer, { answer: 'unknown' }>,
  parent: SegmentDraft['parent'],
): Promise<SegmentEnd> => {
  switch (answer.answer) {
    case 'done':
      return known(work, answer)
    case 'revoked':
      return stopQuietly
    case 'refused':
      return { stop: onBeginRefused(answer, work.now()) }
    case 'fresh':
      return create(work, action, answer.attempt, parent)
  }
}

const create = async (
  work: Publishing,
  action: BeginAction,
  attempt: number,
  parent: SegmentDraft['parent'],
): Promise<SegmentEnd> => {
  const segment = work.post.content.segments[action.segment]
  if (segment === undefined) throw new RangeError(`segment ${action.segment} does not exist`)
  const gone = action.segment === 0 ? await checkTarget(work) : null
  if (gone !== null) return stopWith(work, action, attempt, gone)
  const media = await mediaOf(work, segment)
  if ('stop' in media) return stopWith(work, action, attempt, media.stop)
  const result = await work.session.publishSegment(
    { text: segment.text, media: media.images, parent },
    { signal: work.signal },
  )
  if (result.outcome !== 'created') return stopWith(work, action, attempt, onNotCreated(result, work.now()))
  const live: PublishedId = {
    platformId: result.platformId,
    url: result.url,
    publishedAt: result.publishedAt,
    source: 'response',
  }
  await work.lease.complete(action, attempt, live).catch(async (error: unknown) => {
    await work.witness(action.segment, live)
    throw error
  })
  return { live }
}

/** The images of a segment, or why there are none: nothing was clicked yet, so that is certain. */
const mediaOf = async (
  { media, now }: Publishing,
  segment: Segment,
): Promise<{ readonly images: SegmentDraft['media'] } | { readonly stop: Stop }> => {
  try {
    return { images: await Promise.all(segment.media.map(async ({ id, alt }) => ({ ...(await media.get(id)), alt }))) }
  } catch (error) {
    return { stop: onNoMedia(error, now()) }
  }
}

/** Tell the ledger what the attempt came to. If the lease is gone the ledger has marked it unknown by itself. */
const stopWith = async (work: Publishing, action: BeginAction, attempt: number, stop: Stop): Promise<SegmentEnd> => {
  if (stop.tell?.op === 'abort') await work.lease.abort(action, attempt, stop.tell.reason)
  if (stop.tell?.op === 'unknown') {
    work.lease.taint()
    if (!work.lease.signal.aborted) await work.lease.unknown(action, attempt, stop.tell.reason)
  }
  return { stop }
}

const checkTarget = async (work: Publishing): Promise<Stop | null> => {
  const target = work.post.content.replyTo
  if (target === undefined) return null
  const reading = await work.session.readPost(
    { platformId: target.platformId, author: target.author ?? null },
    { signal: work.signal },
  )
  const sameText = (shown: string): boolean =>
    target.textHash === undefined || target.textHash === work.platform.textHash(shown)
  return onTarget(reading, { author: target.author, sameText }, work.now())
}

/**
 * Ask the platform. Past the bound it is asked as well: a command that comes late, for whatever reason, ends by what the
 * platform says and not by its lateness. Only when it cannot be read then either, a person is asked.
 */
const reconcile = async (
  work: Publishing,
  action: BeginAction,
  answer: Unknown,
  parent: SegmentDraft['parent'],
): Promise<SegmentEnd> => {
  const { lease, post, now } = work
  const wanted = {
    text: post.content.segments[action.segment]?.text ?? '',
    parent: parent?.platformId ?? null,
    notBefore: new Date(answer.firstBegunAt),
    taken: new Set(answer.taken),
  }
  const reading = await look(work, wanted)
  const found = reading.kind === 'read' ? reading.items.find(couldBe(wanted, answer)) : undefined
  if (found !== undefined) {
    const live: PublishedId = {
      platformId: found.platformId,
      url: found.url,
      publishedAt: found.createdAt,
      source: 'reconciled',
    }
    await lease.complete(action, answer.attempt, live)
    await settled(work, answer)
    return { live }
  }
  if (reading.kind !== 'read' || !reading.complete) return { stop: onNotFound(reading, answer, now()) }
  const next = await lease.absent(action, answer.attempt, reading.beganAt)
  if (next.answer === 'unknown') return { stop: onUnsettled(next, now()) }
  await settled(work, answer)
  return follow(work, action, next, parent)
}

/**
 * A text is one post's for as long as it may be unknown; images alone are not. The ledger begins the next ones only after
 * the settle window of these, so what was created later than that is another post.
 */
const couldBe =
  ({ text }: OwnPostQuery, { settledAt }: Unknown) =>
  ({ createdAt }: SeenPost): boolean =>
    textHashOf(text) !== null || createdAt <= new Date(settledAt)

/** A platform that must not be asked now (its breaker is open) is one that could not be read, and the bound goes on. */
const look = ({ session, lease, signal }: Publishing, wanted: OwnPostQuery): Promise<ListReading<SeenPost>> =>
  session.findOwnPost(wanted, { signal }).catch((error: unknown) => {
    if (lease.signal.aborted || !(error instanceof UnavailableError)) throw error
    return { kind: 'unreadable', cause: 'not_loaded', detail: error.message }
  })

/** Past its bound it may have been given up on. */
const settled = async (work: Publishing, { giveUpAt }: Unknown): Promise<void> => {
  if (work.now() >= new Date(giveUpAt)) await work.settledLate()
}
