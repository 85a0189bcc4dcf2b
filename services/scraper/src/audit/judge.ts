import type { AuditReport } from '@surepost/shared/contracts'
import type { ScopedSegment } from '@surepost/shared/database'
import type { SeenPost } from '@surepost/platforms'
import { CLOCK_SKEW_MS, type Recorded, type SameText, isRecorded } from './sort.ts'

/** What a doubtful segment's own page said: it is as recorded, gone, another's, or could not be read. */
export type OwnPage = 'alive' | 'gone' | 'another' | 'unread'

export interface Evidence {
  readonly segments: readonly ScopedSegment[]
  readonly doubtful: readonly (readonly [Recorded, OwnPage])[]
  readonly present: readonly Recorded[]
  /** Unknown posts, as their own pages show them where they may be ours: with their whole text and what they answer. */
  readonly unknown: readonly SeenPost[]
  readonly twice: readonly { readonly segment: ScopedSegment; readonly post: SeenPost }[]
}

export interface Findings {
  readonly recovered: readonly (readonly [ScopedSegment, SeenPost])[]
  readonly corrected: readonly (readonly [Recorded, SeenPost])[]
  /** Another post's id, and the true one was not found. */
  readonly doubted: readonly Recorded[]
  readonly missing: readonly Recorded[]
  readonly duplicates: readonly (readonly [ScopedSegment, SeenPost])[]
  readonly foreign: readonly SeenPost[]
  /** Segments that could not be read: with one of these the audit is invalid. */
  readonly unread: readonly Recorded[]
}

/** A post that is live this shortly before its id is recorded is being published, and no gap. In milliseconds. */
const UNDER_WAY_MS = 180_000
/** A post this near in time to a recorded id that is gone is what that id meant; a later one was posted by a person. */
const SAME_CREATE_MS = 600_000

const isAfter = (post: SeenPost, segment: ScopedSegment): boolean =>
  segment.notBefore === null || post.createdAt.getTime() >= segment.notBefore.getTime() - CLOCK_SKEW_MS

/** What a post answers is part of what it is. A parent that is gone, or was never recorded, decides nothing. */
const sameParent = ({ isReply, parent }: ScopedSegment, { inReplyTo }: SeenPost): boolean =>
  !isReply ? inReplyTo === null : parent === null || inReplyTo === null || inReplyTo === parent

/** By text, parent and time: what it takes to call a post on the page this segment. */
export const isFingerprintOf = (segment: ScopedSegment, post: SeenPost, sameText: SameText): boolean =>
  sameText(segment, post.text) && sameParent(segment, post) && isAfter(post, segment)

const near = (post: SeenPost, segment: Recorded): boolean =>
  Math.abs(post.createdAt.getTime() - segment.publishedAt.getTime()) <= SAME_CREATE_MS

/**
 * Say what each unknown post is and what became of each doubtful segment. The oldest post is given to the oldest
 * segment that it can be; no post and no segment is used twice.
 *
 * @param now what is younger than a few minutes and being published is left to its publisher
 */
export const judge = (evidence: Evidence, now: Date, sameText: SameText): Findings => {
  const used = new Set<ScopedSegment>()
  const recovered: (readonly [ScopedSegment, SeenPost])[] = []
  const corrected: (readonly [Recorded, SeenPost])[] = []
  const duplicates: (readonly [ScopedSegment, SeenPost])[] = evidence.twice.map(({ segment, post }) => [segment, post])
  const foreign: SeenPost[] = []
  const open = evidence.segments.filter((segment) => !isRecorded(segment) && !segment.gone)
  const wrong = evidence.doubtful.filter(([, page]) => page === 'another' || page === 'gone')
  const alive = [...evidence.present, ...evidence.doubtful.filter(([, page]) => page === 'alive').map(([one]) => one)]
  for (const post of evidence.unknown.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())) {
    const matches = (segment: ScopedSegment): boolean => !used.has(segment) && isFingerprintOf(segment, post, sameText)
    const unrecorded = open.find(matches)
    const misnamed = wrong.find(([segment, page]) => matches(segment) && (page === 'another' || near(post, segment)))
    const again = alive.find((segment) => isFingerprintOf(segment, post, sameText))
    if (unrecorded !== undefined) {
      used.add(unrecorded)
      if (!unrecorded.underWay || now.getTime() - post.createdAt.getTime() > UNDER_WAY_MS)
        recovered.push([unrecorded, post])
    } else if (misnamed !== undefined) {
      used.add(misnamed[0])
      corrected.push([misnamed[0], post])
    } else if (again !== undefined) duplicates.push([again, post])
    else foreign.push(post)
  }
  const left = (page: OwnPage): readonly Recorded[] =>
    evidence.doubtful.filter(([segment, said]) => said === page && !used.has(segment)).map(([segment]) => segment)
  return {
    recovered,
    corrected,
    duplicates,
    foreign,
    doubted: left('another'),
    missing: left('gone'),
    unread: left('unread'),
  }
}

type Lists = Pick<AuditReport, 'recovered' | 'missing' | 'wrongIds' | 'duplicates' | 'foreign'>

/** The findings in the words of the report. */
export const listsOf = (findings: Findings): Lists => {
  const of = ({ postId, segment }: ScopedSegment) => ({ postId, segment })
  return {
    recovered: findings.recovered.map(([segment, { platformId }]) => ({ ...of(segment), platformId })),
    missing: findings.missing.map((segment) => ({ ...of(segment), platformId: segment.platformId })),
    wrongIds: [
      ...findings.corrected.map(([segment, { platformId }]) => ({
        ...of(segment),
        recorded: segment.platformId,
        platformId,
      })),
      ...findings.doubted.map((segment) => ({ ...of(segment), recorded: segment.platformId, platformId: null })),
    ],
    duplicates: findings.duplicates.map(([segment, { platformId }]) => ({
      ...of(segment),
      platformId: segment.platformId ?? platformId,
      other: platformId,
    })),
    foreign: findings.foreign.map(({ platformId, url, createdAt }) => ({
      platformId,
      url,
      createdAt: createdAt.toISOString(),
    })),
  }
}

export const hasGaps = (lists: Lists): boolean => Object.values(lists).some((list) => list.length > 0)
