import { kindOf, textHashOf, type ApprovedPost, type BeginAction, type BeginAnswer } from '@surepost/shared/contracts'
import type { Lease, PublishedId } from '@surepost/shared/leases'
import type { MediaStore } from '@surepost/shared/media'
import type { PlatformAdapter, PlatformSession, SegmentDraft } from '@surepost/platforms'
import { onBeginRefused, onNotCreated, onNotFound, onTarget, onUnsettled, type Stop } from './verdict.ts'
import { done } from '@surepost/shared/messaging'

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
  readonly signal: AbortSignal
  /** The clock: the machine's, or a simulation's. */
  readonly now: () => Date
}

/** An action may be found absent and re-opened once within one lease; after that the next delivery asks again. */
const MAX_ANSWERS = 3

const actionOf = (post: ApprovedPost, segment: number): BeginAction => {
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
    command: post,
  }
}

/**
 * Publish one segment: ask the ledger, then act, or record, or look. Told the ledger's answer, it does one thing and
 * says what came of it.
 * @param parent the segment before this one, or the answered post.
 */
export const publishSegment = async (
  work: Publishing,
  index: number,
  parent: SegmentDraft['parent'],
): Promise<SegmentEnd> => {
  const action = actionOf(work.post, index)
  let answer = await work.lease.begin(action)
  for (let asked = 1; asked <= MAX_ANSWERS; asked++) {
    const next = await follow(work, action, answer, parent)
    if (!('answer' in next)) return next
    answer = next
  }
  return { stop: onUnsettledAfterAll(answer, work.now()) }
}

const onUnsettledAfterAll = (answer: BeginAnswer, now: Date): Stop =>
  answer.answer === 'unknown' ? onUnsettled(answer, now) : { tell: null, pause: null, end: null, outcome: done }

const follow = async (
  work: Publishing,
  action: BeginAction,
  answer: BeginAnswer,
  parent: SegmentDraft['parent'],
): Promise<SegmentEnd | BeginAnswer> => {
  switch (answer.answer) {
    case 'done':
      return { live: { platformId: answer.platformId, url: answer.url, publishedAt: work.now(), source: 'reconciled' } }
    case 'revoked':
      return { stop: { tell: null, pause: null, end: null, outcome: done } }
    case 'refused':
      return { stop: onBeginRefused(answer, work.now()) }
    case 'unknown':
      return reconcile(work, action, answer, parent)
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
  const media = await Promise.all(
    segment.media.map(async ({ id, alt }) => ({ ...(await work.media.get(id)), alt })),
  ).catch(async (error: unknown) => {
    await work.lease.abort(action, attempt, 'media unavailable')
    throw error
  })
  const result = await work.session.publishSegment({ text: segment.text, media, parent }, { signal: work.signal })
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

const reconcile = async (
  work: Publishing,
  action: BeginAction,
  answer: Extract<BeginAnswer, { answer: 'unknown' }>,
  parent: SegmentDraft['parent'],
): Promise<SegmentEnd | BeginAnswer> => {
  const { lease, post, session, signal, now } = work
  if (now() >= new Date(answer.giveUpAt)) return { stop: onUnsettled(answer, now()) }
  const wanted = {
    text: post.content.segments[action.segment]?.text ?? '',
    parent: parent?.platformId ?? null,
    notBefore: new Date(answer.firstBegunAt),
    taken: new Set(answer.taken),
  }
  const reading = await session.findOwnPost(wanted, { signal })
  const found = reading.kind === 'read' ? reading.items[0] : undefined
  if (found !== undefined) {
    const live: PublishedId = {
      platformId: found.platformId,
      url: found.url,
      publishedAt: found.createdAt,
      source: 'reconciled',
    }
    await lease.complete(action, answer.attempt, live)
    return { live }
  }
  if (reading.kind !== 'read' || !reading.complete) return { stop: onNotFound(reading, now()) }
  const next = await lease.absent(action, answer.attempt, reading.beganAt)
  return next.answer === 'unknown' ? { stop: onUnsettled(next, now()) } : next
}
