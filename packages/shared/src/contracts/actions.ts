import { z } from 'zod'
import { AccountId, Hash, Instant, PlatformId, PostId } from './ids.ts'
import { ApprovedPost, PostKind } from './posts.ts'

// What the ledger is asked and told of actions, and what it answers.

/** One action: one create of one segment of one revision. */
export const ActionKey = z.strictObject({ postId: PostId, revision: z.int().min(1), segment: z.int().min(0) })
export type ActionKey = z.infer<typeof ActionKey>

/** All that the ledger must know to answer for an action. */
export const BeginAction = z.strictObject({
  ...ActionKey.shape,
  segments: z.int().min(1),
  hash: Hash,
  /** Hash of this segment's own text, for "same text too soon"; null where equal texts are meant (a lone image). */
  textHash: Hash.nullable(),
  account: AccountId,
  kind: PostKind,
  notAfter: Instant,
  /**
   * When Surepost accepted the post. A ledger born after this may have replaced one that knew more: it asks the platform
   * first. Left out, the post may be older than any ledger.
   */
  acceptedAt: Instant.optional(),
  /** The command itself, given so that the ledger can send it again should this action stay open without a lease. */
  command: ApprovedPost.optional(),
})
export type BeginAction = z.infer<typeof BeginAction>

/** What is wanted of a lease before there is one: all but the command, whose text is nobody's in between. */
export const WantedAction = BeginAction.omit({ command: true })
export type WantedAction = z.infer<typeof WantedAction>

/** Why `begin` says no. `until` is when asking again makes sense; null: never. */
export const BeginRefusal = z.enum([
  'budget',
  'paused',
  'kill_switch',
  'same_text',
  'opted_out',
  'too_late',
  'hash_changed',
  'not_yet',
  'attempts_spent',
])
export type BeginRefusal = z.infer<typeof BeginRefusal>

/** The ledger's durable answer to "may this be created?" */
export const BeginAnswer = z.discriminatedUnion('answer', [
  z.strictObject({ answer: z.literal('fresh'), attempt: z.int().min(1) }),
  z.strictObject({ answer: z.literal('done'), platformId: PlatformId, url: z.url() }),
  z.strictObject({
    answer: z.literal('unknown'),
    attempt: z.int().min(1),
    /** A post older than this cannot be ours. */
    firstBegunAt: Instant,
    /** Absence counts only in a reading that begins after this. */
    settledAt: Instant,
    /** Ids on this account that belong to other actions: never to be taken for this one. */
    taken: z.array(PlatformId),
    /** Past this, reconciling stops and a person is asked. */
    giveUpAt: Instant,
  }),
  z.strictObject({ answer: z.literal('revoked') }),
  z.strictObject({ answer: z.literal('refused'), reason: BeginRefusal, until: Instant.nullable(), detail: z.string() }),
])
export type BeginAnswer = z.infer<typeof BeginAnswer>

/** One live segment that a person asked to have deleted. */
export const Deletion = z.strictObject({
  postId: PostId,
  segment: z.int().min(0),
  account: AccountId,
  platformId: PlatformId,
  /** The person who confirmed it. */
  by: z.string().min(1).max(200),
})
export type Deletion = z.infer<typeof Deletion>

/** The ledger's durable answer to "may this be deleted?" `gone`: it was already. */
export const DeleteAnswer = z.discriminatedUnion('answer', [
  z.strictObject({ answer: z.literal('go') }),
  z.strictObject({ answer: z.literal('gone') }),
  z.strictObject({
    answer: z.literal('refused'),
    reason: z.enum(['paused', 'kill_switch']),
    until: Instant,
    detail: z.string(),
  }),
])
export type DeleteAnswer = z.infer<typeof DeleteAnswer>
