import { z } from 'zod'
import { defineFact } from './define.ts'
import { LedgerMark, Reason, ofAction, ofEnd, ofPost, ofRevision } from './fact-parts.ts'
import { AccountId, Hash, Instant, PlatformId, PlatformName } from './ids.ts'
import { PostContent } from './posts.ts'

export const PostSubmitted = defineFact({
  type: 'post.submitted',
  version: 1,
  body: z.strictObject({
    ...ofRevision,
    account: AccountId,
    platform: PlatformName,
    hash: Hash,
    content: PostContent,
    client: z.string().min(1).max(200),
    approval: z.enum(['auto', 'review']),
    scheduledAt: Instant.nullable(),
    notAfter: Instant,
  }),
})
export const PostApproved = defineFact({
  type: 'post.approved',
  version: 1,
  body: z.strictObject({ ...ofRevision, hash: Hash, by: z.string().min(1).max(200) }),
})
export const PostDispatched = defineFact({
  type: 'post.dispatched',
  version: 1,
  /** Silent past `deadline`, the post is dispatched again. */
  body: z.strictObject({ ...ofRevision, deadline: Instant }),
})
export const SegmentBegun = defineFact({
  type: 'post.segment_begun',
  version: 1,
  body: z.strictObject({ ...ofAction, ledger: LedgerMark }),
})
export const SegmentUnknown = defineFact({
  type: 'post.segment_unknown',
  version: 1,
  body: z.strictObject({ ...ofAction, ledger: LedgerMark, reason: Reason }),
})
export const SegmentAborted = defineFact({
  type: 'post.segment_aborted',
  version: 1,
  body: z.strictObject({ ...ofAction, ledger: LedgerMark, reason: Reason }),
})
/** It is live, with this id. `ledger` is null when the poster said it itself because `complete` could not be said. */
export const SegmentPublished = defineFact({
  type: 'post.segment_published',
  version: 1,
  body: z.strictObject({
    ...ofRevision,
    segment: z.int().min(0),
    account: AccountId,
    platform: PlatformName,
    platformId: PlatformId,
    url: z.url(),
    publishedAt: Instant,
    source: z.enum(['response', 'reconciled', 'audit']),
    ledger: LedgerMark.nullable(),
  }),
})
/** A person asked for this one segment to be deleted, and the ledger wrote it down before the platform was asked. */
export const SegmentDeleting = defineFact({
  type: 'post.segment_deleting',
  version: 1,
  body: z.strictObject({
    ...ofPost,
    segment: z.int().min(0),
    account: AccountId,
    platformId: PlatformId,
    by: z.string().min(1).max(200),
  }),
})
export const SegmentDeleted = defineFact({
  type: 'post.segment_deleted',
  version: 1,
  body: z.strictObject({ ...ofPost, segment: z.int().min(0), account: AccountId, platformId: PlatformId }),
})
export const SegmentMissing = defineFact({
  type: 'post.segment_missing',
  version: 1,
  body: z.strictObject({ ...ofPost, segment: z.int().min(0), account: AccountId, platformId: PlatformId }),
})
export const PostCancelled = defineFact({
  type: 'post.cancelled',
  version: 1,
  body: z.strictObject({ ...ofPost, by: z.string().min(1).max(200), reason: Reason, ledger: LedgerMark.nullable() }),
})
export const PostFailed = defineFact({
  type: 'post.failed',
  version: 1,
  body: z.strictObject({ ...ofEnd, segment: z.int().min(0).nullable(), code: z.string().max(64), reason: Reason }),
})
export const PostMissed = defineFact({
  type: 'post.missed',
  version: 1,
  body: z.strictObject({ ...ofEnd, reason: Reason }),
})
export const PostNeedsAttention = defineFact({
  type: 'post.needs_attention',
  version: 1,
  body: z.strictObject({ ...ofEnd, segment: z.int().min(0).nullable(), reason: Reason }),
})
