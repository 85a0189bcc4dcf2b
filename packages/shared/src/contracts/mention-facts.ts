import { z } from 'zod'
import { defineFact } from './define.ts'
import { Reason, at } from './fact-parts.ts'
import { AccountId, Instant, PlatformId, PlatformName, PostId } from './ids.ts'
import { Mention } from './mentions.ts'
import { DeferCategory } from './replies.ts'

export const MentionHarvested = defineFact({
  type: 'mention.harvested',
  version: 1,
  body: z.strictObject({ ...at, account: AccountId, mention: Mention }),
})
/** What became of a mention: the post that answers it, or the reason for none. */
export const MentionDecided = defineFact({
  type: 'mention.decided',
  version: 1,
  body: z.strictObject({
    ...at,
    account: AccountId,
    mention: PlatformId,
    decision: z.enum(['answered', 'skipped']),
    reason: Reason,
    postId: PostId.nullable(),
    drafter: z.string().max(200).nullable(),
  }),
})

/** No decision could be made yet, and why; it is asked for again after `until`. */
export const MentionDeferred = defineFact({
  type: 'mention.deferred',
  version: 1,
  body: z.strictObject({
    ...at,
    account: AccountId,
    mention: PlatformId,
    /** Which asking for the decision this ends. */
    ask: z.int().min(0),
    category: DeferCategory,
    reason: Reason,
    until: Instant,
  }),
})
/** Handle without the @, in lower case. */
export const Person = z.string().regex(/^[a-z0-9_]{1,64}$/)
/** Its author wants no answers: from no account of ours, ever. */
export const MentionOptedOut = defineFact({
  type: 'mention.opted_out',
  version: 1,
  body: z.strictObject({
    ...at,
    account: AccountId,
    mention: PlatformId,
    platform: PlatformName,
    person: Person,
  }),
})
const ofRequest = { ...at, account: AccountId, mention: PlatformId, request: z.uuid(), model: z.string().max(200) }
/** Said before a model is asked: the most that the request can spend. It counts until `mention.draft_spent` corrects it. */
export const DraftRequested = defineFact({
  type: 'mention.draft_requested',
  version: 1,
  body: z.strictObject({ ...ofRequest, tokens: z.int().min(0), costMicros: z.int().min(0) }),
})
/** What the request spent, by the response's own word. */
export const DraftSpent = defineFact({
  type: 'mention.draft_spent',
  version: 1,
  body: z.strictObject({ ...ofRequest, tokens: z.int().min(0), costMicros: z.int().min(0) }),
})
