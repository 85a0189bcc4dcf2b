import {
  AlertCleared,
  AlertRaised,
  PostFailed,
  PostMissed,
  PostNeedsAttention,
  ALERTS,
  attentionRaised,
  cleared,
  type ApprovedPost,
} from '@surepost/shared/contracts'
import type { Bus } from '@surepost/shared/messaging'
import type { End } from './verdict.ts'

interface Says {
  readonly bus: Pick<Bus, 'emit'>
  readonly now: () => Date
}

/** Longest reason that is told, well inside what a fact may hold; pages and libraries say more. */
const MOST_REASON = 1_000

/**
 * Say how a post ended. One that needs a person raises its alert with it.
 * @param segment where it ended; null when that was no matter of one segment.
 */
export const emitEnd = async (
  { bus, now }: Says,
  { postId, revision, account }: Pick<ApprovedPost, 'postId' | 'revision' | 'account'>,
  segment: number | null,
  end: End,
): Promise<void> => {
  const at = now().toISOString()
  const reason = end.reason.slice(0, MOST_REASON)
  if (end.kind === 'failed') return bus.emit(PostFailed, { at, postId, revision, segment, code: end.code, reason })
  if (end.kind === 'missed') return bus.emit(PostMissed, { at, postId, revision, reason })
  await bus.emit(PostNeedsAttention, { at, postId, revision, segment, reason })
  await bus.emit(AlertRaised, attentionRaised(postId, account, reason, now()))
}

/** A post that was given up on has settled after all. */
export const clearAttention = ({ bus, now }: Says, { postId }: Pick<ApprovedPost, 'postId'>): Promise<void> =>
  bus.emit(AlertCleared, cleared(ALERTS.needsPerson, postId, now()))
