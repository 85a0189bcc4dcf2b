import type { PlatformId } from '@surepost/shared/contracts'
import type { AuditScope, ScopedSegment } from '@surepost/shared/database'
import type { SeenPost } from '@surepost/platforms'

/**
 * Words of an audit. **Scope**: what is recorded of an account. **Seen**: what its page showed. A seen post is **known**
 * when its id is recorded and its text is that segment's; **unknown** when its id is not recorded. A recorded segment is
 * **doubtful** when it was not seen, or seen with another text: its own page decides.
 */
export type Recorded = ScopedSegment & { readonly platformId: PlatformId; readonly publishedAt: Date }

export interface Sorted {
  readonly unknown: readonly SeenPost[]
  readonly doubtful: readonly Recorded[]
  /** Recorded segments that were seen as they are recorded. */
  readonly present: readonly Recorded[]
  /** Seen under a further id that was said of a segment whose own id was said first. */
  readonly twice: readonly { readonly segment: ScopedSegment; readonly post: SeenPost }[]
}

/** How far our clock and the platform's may be apart. */
export const CLOCK_SKEW_MS = 120_000

export const isRecorded = (segment: ScopedSegment): segment is Recorded =>
  segment.platformId !== null && segment.publishedAt !== null

/** Whether a page's text is this segment's; an answer's leading mentions are not shown as part of its text. */
export type SameText = (segment: Pick<ScopedSegment, 'text' | 'isReply'>, shown: string) => boolean

/**
 * Put what was seen beside what is recorded.
 *
 * @param since posts and segments older than this are outside of the audit
 * @param began when the reading of the page began: what was published later was perhaps not there yet
 */
export const sortSeen = (
  { segments, others }: AuditScope,
  seen: readonly SeenPost[],
  { since, began }: { readonly since: Date; readonly began: Date },
  sameText: SameText,
): Sorted => {
  const recorded = segments.filter(isRecorded)
  const byId = new Map(recorded.map((segment) => [segment.platformId, segment]))
  const shown = new Map(seen.map((post) => [post.platformId, post]))
  const isPresent = (segment: Recorded): boolean => {
    const post = shown.get(segment.platformId)
    return post !== undefined && sameText(segment, post.text)
  }
  const isInWindow = ({ publishedAt }: Recorded): boolean => publishedAt >= since && publishedAt < began
  const furtherIds = new Map(others.map((other) => [other.platformId, other]))
  const isInside = (post: SeenPost): boolean => post.createdAt >= since
  return {
    present: recorded.filter(isPresent),
    doubtful: recorded.filter(
      (segment) => !segment.gone && !isPresent(segment) && (isInWindow(segment) || shown.has(segment.platformId)),
    ),
    unknown: seen.filter((post) => isInside(post) && !byId.has(post.platformId) && !furtherIds.has(post.platformId)),
    twice: seen.flatMap((post) => {
      const other = furtherIds.get(post.platformId)
      const segment = segments.find((one) => one.postId === other?.postId && one.segment === other.segment)
      return segment === undefined ? [] : [{ segment, post }]
    }),
  }
}
