import type { BodyOf } from './define.ts'
import type {
  FACTS,
  PostApproved,
  PostCancelled,
  PostDispatched,
  PostFailed,
  PostMissed,
  PostNeedsAttention,
  PostSubmitted,
  SegmentAborted,
  SegmentBegun,
  SegmentDeleted,
  SegmentPublished,
  SegmentUnknown,
} from './facts.ts'
import type { PostState } from './posts.ts'

type FactOf<C extends (typeof FACTS)[number]> = {
  readonly id: string
  readonly type: C['type']
  readonly body: BodyOf<C>
}

/** A fact about one post, as the journal keeps it. */
export type PostFact =
  | FactOf<typeof PostSubmitted>
  | FactOf<typeof PostApproved>
  | FactOf<typeof PostDispatched>
  | FactOf<typeof SegmentBegun>
  | FactOf<typeof SegmentUnknown>
  | FactOf<typeof SegmentAborted>
  | FactOf<typeof SegmentPublished>
  | FactOf<typeof SegmentDeleted>
  | FactOf<typeof PostCancelled>
  | FactOf<typeof PostFailed>
  | FactOf<typeof PostMissed>
  | FactOf<typeof PostNeedsAttention>

/** The state that each passing fact puts a post in, until a later one or stronger evidence says otherwise. */
const PHASE: { readonly [Type in PostFact['type']]?: PostState } = {
  'post.dispatched': 'queued',
  'post.segment_begun': 'publishing',
  'post.segment_unknown': 'unknown',
  'post.segment_aborted': 'queued',
  'post.failed': 'failed',
  'post.missed': 'missed',
  'post.needs_attention': 'needs_attention',
}

/** The revision that a fact speaks of; one that names none speaks of the first. */
const revisionOf = ({ body }: PostFact): number => ('revision' in body ? (body.revision ?? 1) : 1)

const later = (a: PostFact, b: PostFact): PostFact =>
  a.body.at !== b.body.at ? (a.body.at > b.body.at ? a : b) : a.id > b.id ? a : b

/** The highest revision is current; of two that claim to be the same revision, the earlier one stands. */
const supersedes = (a: PostFact & { type: 'post.submitted' }, b: PostFact & { type: 'post.submitted' }): boolean =>
  a.body.revision === b.body.revision ? later(a, b) === b : a.body.revision > b.body.revision

/**
 * The state of a post: a pure function of the *set* of its facts, so that order and repetition do not matter.
 * Evidence from the platform outranks everything said about a post; a cancellation (which the ledger grants only
 * before the first segment began) outranks the phases; among phases the latest word about the current revision counts: an
 * edit begins anew what was said of the one before. The database computes the same (`post_state` in supabase/migrations); a property test holds the two together.
 * @returns null for a stub: facts are known, but not yet the submission.
 */
export const postState = (facts: readonly PostFact[]): PostState | null => {
  const submissions = facts.filter((f) => f.type === 'post.submitted')
  const current = submissions.reduce<(typeof submissions)[number] | undefined>(
    (best, f) => (best === undefined || supersedes(f, best) ? f : best),
    undefined,
  )
  if (current === undefined) return null
  const published = new Set(facts.filter((f) => f.type === 'post.segment_published').map((f) => f.body.segment))
  const deleted = new Set(facts.filter((f) => f.type === 'post.segment_deleted').map((f) => f.body.segment))
  if (published.size >= current.body.content.segments.length) return deleted.size >= published.size ? 'deleted' : 'live'
  if (facts.some((f) => f.type === 'post.cancelled')) return 'cancelled'
  const phases = facts.filter((f) => PHASE[f.type] !== undefined)
  const ofCurrent = phases.filter((f) => revisionOf(f) >= current.body.revision)
  const newest = ofCurrent.filter((f) => revisionOf(f) === Math.max(...ofCurrent.map(revisionOf)))
  const last = newest.reduce<PostFact | undefined>((best, f) => (best === undefined ? f : later(best, f)), undefined)
  if (last !== undefined) return PHASE[last.type] ?? null
  const approved =
    current.body.approval === 'auto' ||
    facts.some(
      (f) =>
        f.type === 'post.approved' && f.body.revision === current.body.revision && f.body.hash === current.body.hash,
    )
  if (!approved) return 'review'
  return current.body.scheduledAt === null ? 'accepted' : 'scheduled'
}
