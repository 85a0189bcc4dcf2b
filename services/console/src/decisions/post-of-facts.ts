import { type PostFact, type PostState, type Segment, kindOf, postState } from '@surepost/shared/contracts'
import type { PostAnswer, SegmentAnswer } from '../api/shapes.ts'

type Submitted = Extract<PostFact, { type: 'post.submitted' }>

/** The submission of the latest revision. Pure. */
export const submissionOf = (facts: readonly PostFact[]): Submitted | undefined =>
  facts
    .filter((fact) => fact.type === 'post.submitted')
    .reduce<Submitted | undefined>(
      (best, fact) => (best === undefined || fact.body.revision > best.body.revision ? fact : best),
      undefined,
    )

const PASSING: Partial<Record<PostFact['type'], PostState>> = {
  'post.segment_begun': 'publishing',
  'post.segment_unknown': 'unknown',
  'post.segment_aborted': 'queued',
  'post.failed': 'failed',
  'post.needs_attention': 'needs_attention',
}
/** While these last, a segment of which nothing is known waits. */
const UNDER_WAY: ReadonlySet<PostState> = new Set(['publishing', 'unknown', 'live', 'deleted'])

const byTime = (a: PostFact, b: PostFact): number => a.body.at.localeCompare(b.body.at) || a.id.localeCompare(b.id)

const segmentState = (own: readonly PostFact[], post: PostState): PostState => {
  if (own.some((fact) => fact.type === 'post.segment_deleted')) return 'deleted'
  if (own.some((fact) => fact.type === 'post.segment_published')) return 'live'
  if (!UNDER_WAY.has(post)) return post
  const last = own
    .filter((fact) => PASSING[fact.type] !== undefined)
    .toSorted(byTime)
    .at(-1)
  return (last && PASSING[last.type]) ?? 'queued'
}

const segmentOf = (facts: readonly PostFact[], post: PostState, segment: Segment, index: number): SegmentAnswer => {
  const own = facts.filter((fact) => 'segment' in fact.body && fact.body.segment === index)
  const published = own.find((fact) => fact.type === 'post.segment_published')
  return {
    index,
    state: segmentState(own, post),
    missing: false,
    text: segment.text,
    media: segment.media,
    platformId: published?.body.platformId ?? null,
    url: published?.body.url ?? null,
    publishedAt: published?.body.publishedAt ?? null,
    recordedAt: null,
    metrics: null,
    measuredAt: null,
  }
}

const reasonOf = (facts: readonly PostFact[]): string | null => {
  const said = facts
    .filter((fact) => 'reason' in fact.body)
    .toSorted(byTime)
    .at(-1)
  return said !== undefined && 'reason' in said.body ? said.body.reason : null
}

/**
 * A post as its facts tell it, before the database does: nothing of it is recorded or measured yet. Pure.
 * @returns undefined while its submission is not among the facts
 */
export const postOfFacts = (facts: readonly PostFact[]): PostAnswer | undefined => {
  const submitted = submissionOf(facts)
  const state = postState(facts)
  if (submitted === undefined || state === null) return undefined
  const { body } = submitted
  return {
    id: body.postId,
    state,
    reason: reasonOf(facts),
    account: body.account,
    platform: body.platform,
    kind: kindOf(body.content),
    revision: body.revision,
    hash: body.hash,
    approval: body.approval,
    replyTo: body.content.replyTo?.platformId ?? null,
    submittedAt: body.at,
    scheduledAt: body.scheduledAt,
    notAfter: body.notAfter,
    segments: body.content.segments.map((segment, index) => segmentOf(facts, state, segment, index)),
  }
}
