import type { Mention, ReplyContext, ReplyRules } from '@surepost/shared/contracts'
import { isInLanguages } from './language.ts'
import { isOptOut } from './opt-out.ts'
import { wordIn } from './words.ts'

const HOUR_MS = 3_600_000

/** Somebody's post, the account that it speaks to, and what is known of both. */
export interface Engagement {
  readonly mention: Mention
  /** The account's own, without the @. */
  readonly handle: string
  readonly rules: ReplyRules
  readonly context: Pick<
    ReplyContext,
    'authorIsOurs' | 'authorOptedOut' | 'answeredBy' | 'answersToAuthor' | 'ourHandles'
  >
}

/** Past this a mention is too old to be answered. */
export const freshUntil = (mention: Mention, rules: ReplyRules): Date =>
  new Date(Date.parse(mention.createdAt) + rules.freshHours * HOUR_MS)

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** As many turns as a mention carries: with fewer, the first is what the conversation began with. */
const MOST_TURNS = 10

/** Our answers above a mention; a post of ours that a conversation began with is no answer. */
const answersAbove = ({ mention, handle, context }: Engagement): number => {
  const turns = mention.conversation ?? []
  const answers = turns.length < MOST_TURNS ? turns.slice(1) : turns
  return answers.filter(({ author }) => [handle, ...context.ourHandles].some((ours) => same(ours, author))).length
}

type Rule = readonly [reason: string, applies: (engagement: Engagement, now: Date) => boolean]

/**
 * The reasons for no answer, in the order in which they are looked at. Harvesting finds only those who wrote first
 * (named, answered or quoted us), which is X's rule for automated answers.
 */
const RULES: readonly Rule[] = [
  ['ourselves', ({ mention, handle }) => same(mention.author, handle)],
  ['own_account', ({ context }) => context.authorIsOurs],
  ['opted_out', ({ mention, context }) => context.authorOptedOut || isOptOut(mention.text)],
  [
    'not_allowed',
    ({ mention, rules }) => rules.onlyPeople.length > 0 && !rules.onlyPeople.some((one) => same(one, mention.author)),
  ],
  ['answered_by_another_account', ({ context }) => context.answeredBy !== null],
  ['stale', ({ mention, rules }, now) => now >= freshUntil(mention, rules)],
  ['nothing_to_answer', ({ mention }) => !/[\p{L}\p{N}?!]/u.test(mention.text.replaceAll(/@\w+|https?:\/\/\S+/g, ''))],
  // Deleted or closed to us meanwhile, or its conversation would not load: how deep that is, is not known.
  ['not_readable', ({ mention }) => mention.conversation === undefined],
  ['blocked_word', ({ mention, rules }) => wordIn(mention.text, rules.blockedWords) !== undefined],
  ['language', ({ mention, rules }) => !isInLanguages(mention.text, rules.languages)],
  ['conversation_too_deep', (engagement) => answersAbove(engagement) >= engagement.rules.maxDepth],
  ['person_limit', ({ context, rules }) => context.answersToAuthor >= rules.perPersonPerDay],
]

/** Why a mention is not to be answered, or null. */
export const whyNot = (engagement: Engagement, now: Date): string | null =>
  RULES.find(([, applies]) => applies(engagement, now))?.[0] ?? null
