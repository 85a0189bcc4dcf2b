import { z } from 'zod'
import { AccountId, Instant, PostId } from './ids.ts'

// What the bodies of facts are put together from.

/** Which ledger said so, and as its how-manieth word: a ledger behind the recorded sequence is a restored backup. */
export const LedgerMark = z.strictObject({ id: z.uuid(), seq: z.int().positive() })
export type LedgerMark = z.infer<typeof LedgerMark>

export const at = { at: Instant }
export const ofPost = { ...at, postId: PostId }
export const ofRevision = { ...ofPost, revision: z.int().min(1) }
export const ofAction = { ...ofRevision, segment: z.int().min(0), account: AccountId, attempt: z.int().min(1) }
export const Reason = z.string().min(1).max(2_000)
/** Which revision ended; a fact without it is of the first. An edit begins anew what an earlier revision ended. */
export const ofEnd = { ...ofPost, revision: z.int().min(1).optional() }
