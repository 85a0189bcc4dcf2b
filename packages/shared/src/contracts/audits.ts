import { z } from 'zod'
import { defineCommand, defineFact } from './define.ts'
import { AccountId, Instant, PlatformId, PlatformName, PostId } from './ids.ts'

const Reason = z.string().min(1).max(2_000)
const OfSegment = { postId: PostId, segment: z.int().min(0) }

/** Compare what an account shows with what is recorded of it, from `since` on. */
export const AuditAccount = defineCommand({
  type: 'account.audit',
  version: 1,
  queue: 'scraper.audits',
  body: z.strictObject({
    auditId: z.uuid(),
    account: AccountId,
    platform: PlatformName,
    handle: z.string().min(1).max(64),
    since: Instant,
    /** A person waits for the answer: it is read before background work. */
    awaited: z.boolean(),
  }),
  retry: { rungs: ['5s', '30s'] },
})

/**
 * What an audit found. `clean`: both sides say the same; `gaps`: they do not, and here is where; `invalid`: the account
 * or the database could not be read, so that nothing is known.
 */
export const AuditReport = z.strictObject({
  auditId: z.uuid(),
  account: AccountId,
  at: Instant,
  since: Instant,
  outcome: z.enum(['clean', 'gaps', 'invalid']),
  /** Why it is invalid. */
  reason: Reason.nullable(),
  /** Own posts that the account showed in the window, and segments that were recorded of it. */
  seen: z.int().min(0),
  recorded: z.int().min(0),
  /** Live, not recorded, and known by text, parent and time: recorded now. */
  recovered: z.array(z.strictObject({ ...OfSegment, platformId: PlatformId })),
  /** Recorded, and gone from the platform: marked now. */
  missing: z.array(z.strictObject({ ...OfSegment, platformId: PlatformId })),
  /** Recorded with an id that is another post's. `platformId` is the true one, corrected now; null: not found. */
  wrongIds: z.array(z.strictObject({ ...OfSegment, recorded: PlatformId, platformId: PlatformId.nullable() })),
  /** Live more than once; `platformId` is the one that is recorded. Nothing is deleted. */
  duplicates: z.array(z.strictObject({ ...OfSegment, platformId: PlatformId, other: PlatformId })),
  /** On the account, and not ours. */
  foreign: z.array(z.strictObject({ platformId: PlatformId, url: z.url(), createdAt: Instant })),
})
export type AuditReport = z.infer<typeof AuditReport>

/** Every audit ends in one, an invalid one included. */
export const AccountAudited = defineFact({ type: 'account.audited', version: 1, body: AuditReport })

/** The recorded id is another post's; this one is true, by text, parent and time. */
export const SegmentCorrected = defineFact({
  type: 'post.segment_corrected',
  version: 1,
  body: z.strictObject({
    at: Instant,
    ...OfSegment,
    account: AccountId,
    wrong: PlatformId,
    platformId: PlatformId,
    url: z.url(),
    publishedAt: Instant,
  }),
})

/** The recorded id was seen to be another post's: opens a recovery, which ends in a true id or with a person. */
export const SegmentDoubted = defineFact({
  type: 'post.segment_doubted',
  version: 1,
  body: z.strictObject({ at: Instant, ...OfSegment, account: AccountId, platformId: PlatformId, reason: Reason }),
})
