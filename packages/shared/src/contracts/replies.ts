import { z } from 'zod'
import { AccountId, Instant } from './ids.ts'

const Words = z.array(z.string().trim().min(1).max(100)).max(500)
const Handle = z.string().regex(/^[A-Za-z0-9_]{1,50}$/, 'must be a handle without the @')

/** Who an account answers, beyond what always holds (they wrote first, did not ask to be left alone, are not us). */
export const ReplyRules = z.strictObject({
  /** A mention older than this is not answered any more, and an answer to it is not sent any more. */
  freshHours: z.number().positive().max(720).default(48),
  /** Answers to one person in 24 hours, by all accounts together. */
  perPersonPerDay: z.int().min(1).max(1_000).default(3),
  /** Answers of ours that a conversation may hold already. */
  maxDepth: z.int().min(1).max(50).default(3),
  /** Mentions and answers with one of these words or phrases are left alone. */
  blockedWords: Words.default([]),
  /** Languages that are answered, as ISO 639-1 codes; empty: all. Told apart by their scripts. */
  languages: z
    .array(z.string().regex(/^[a-z]{2}$/, 'must be a code like en'))
    .max(50)
    .default([]),
  /** Only these people are answered; empty: all. */
  onlyPeople: z.array(Handle).max(1_000).default([]),
})
export type ReplyRules = z.infer<typeof ReplyRules>

/** Tokens and money (millionths of a dollar) that were asked of the model on one UTC day; what is not known counts whole. */
export const ModelSpending = z.strictObject({
  day: z.iso.date(),
  tokens: z.int().min(0),
  costMicros: z.int().min(0),
})
export type ModelSpending = z.infer<typeof ModelSpending>

/** What is known of the label that an automated account has to carry; `unread`: its profile was not read yet. */
export const LabelState = z.enum(['shown', 'missing', 'unread', 'not_required'])
export type LabelState = z.infer<typeof LabelState>

/** What the record knew when it asked for a decision. The decision rests on it, so it is good for a while only. */
export const ReplyContext = z.strictObject({
  /** How often this decision was asked for, this time included. */
  ask: z.int().min(0),
  label: LabelState.default('unread'),
  /** Past this the decision is not to be made on what stands here. */
  validUntil: Instant,
  /** Another of our own accounts wrote it: two of them would answer each other for ever. */
  authorIsOurs: z.boolean(),
  authorOptedOut: z.boolean(),
  /** Another account of ours that answers this very post. */
  answeredBy: AccountId.nullable(),
  /** Answers to its author in the last 24 hours, by all accounts. No other of them is being decided meanwhile. */
  answersToAuthor: z.int().min(0),
  /** Handles of our accounts on this platform. */
  ourHandles: z.array(z.string()),
  /** Texts that our accounts published or are about to, newest first. */
  earlier: z.array(z.string()),
  /** How often drafting failed and was put off. */
  failures: z.int().min(0),
  spent: ModelSpending,
  /** Decisions that were asked for before this one and are not made yet: what they will spend is not in `spent`. */
  ahead: z.int().min(0),
})
export type ReplyContext = z.infer<typeof ReplyContext>

/** A context that is out of date: the decision is asked for again. */
export const NO_CONTEXT: ReplyContext = {
  ask: 0,
  label: 'unread',
  validUntil: '1970-01-01T00:00:00.000Z',
  authorIsOurs: false,
  authorOptedOut: false,
  answeredBy: null,
  answersToAuthor: 0,
  ourHandles: [],
  earlier: [],
  failures: 0,
  spent: { day: '1970-01-01', tokens: 0, costMicros: 0 },
  ahead: 0,
}

/**
 * Why drafting could not go on, by consequence: `quota`, `rate`, `authentication` and `budget` let the model rest for
 * everybody; `timeout`, `server` and `request` put off this one decision; `outdated` asks for it again at once; `unlabelled`
 * waits for the label of an automated account.
 */
export const DeferCategory = z.enum([
  'quota',
  'rate',
  'authentication',
  'budget',
  'timeout',
  'server',
  'request',
  'outdated',
  'unlabelled',
])
export type DeferCategory = z.infer<typeof DeferCategory>
