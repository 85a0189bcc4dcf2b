import { z } from 'zod'

/** A fact as the journal keeps it. */
export interface JournalFact {
  readonly id: string
  readonly type: string
  readonly at: string
  readonly body: unknown
}

/** The members of a fact's body that are worth a word, whatever its type. */
const Body = z.looseObject({
  segment: z.number().nullish(),
  attempt: z.number().nullish(),
  reason: z.string().nullish(),
  code: z.string().nullish(),
  platformId: z.string().nullish(),
  source: z.string().nullish(),
  by: z.string().nullish(),
  deadline: z.string().nullish(),
  scheduledAt: z.string().nullish(),
  content: z.looseObject({ segments: z.array(z.unknown()) }).nullish(),
})
type Body = z.infer<typeof Body>

const segmentOf = ({ segment }: Body): string => (segment == null ? 'it' : `segment ${segment + 1}`)
const because = ({ reason }: Body): string => (reason == null ? '' : `: ${reason}`)

const WORDS: Readonly<Record<string, (body: Body) => string>> = {
  'post.submitted': (b) =>
    `was accepted, ${b.content?.segments.length ?? '?'} segment(s)${b.scheduledAt == null ? '' : `, for ${b.scheduledAt.slice(11, 23)}`}`,
  'post.dispatched': (b) => `was dispatched (again after ${b.deadline?.slice(11, 19) ?? '?'} if silent)`,
  'post.segment_begun': (b) => `${segmentOf(b)} was begun, attempt ${b.attempt ?? '?'}`,
  'post.segment_unknown': (b) => `${segmentOf(b)} ended unseen, attempt ${b.attempt ?? '?'}${because(b)}`,
  'post.segment_aborted': (b) => `${segmentOf(b)} came to nothing, attempt ${b.attempt ?? '?'}${because(b)}`,
  'post.segment_published': (b) => `${segmentOf(b)} is live as ${b.platformId ?? '?'} (${b.source ?? '?'})`,
  'post.segment_missing': (b) => `${segmentOf(b)} (${b.platformId ?? '?'}) was not found any more`,
  'post.cancelled': (b) => `was cancelled by ${b.by ?? '?'}${because(b)}`,
  'post.failed': (b) => `failed (${b.code ?? 'no code'})${because(b)}`,
  'post.missed': (b) => `was missed${because(b)}`,
  'post.needs_attention': (b) => `needs a person${because(b)}`,
  'metrics.collected': (b) => `${segmentOf(b)} was measured`,
  'metrics.check_failed': (b) => `a check of ${segmentOf(b)} failed${because(b)}`,
  'metrics.check_missed': (b) => `a check of ${segmentOf(b)} was missed${because(b)}`,
}

/** One fact, in words: the time of day (UTC) and what happened. */
export const sentenceOf = ({ type, at, body }: JournalFact): string => {
  const parsed = Body.safeParse(body)
  const words = WORDS[type]?.(parsed.success ? parsed.data : {}) ?? type
  return `${at.slice(11, 23)}  ${words}`
}

/** The history of one post, a line a fact, oldest first. */
export const historyOf = (facts: readonly JournalFact[]): readonly string[] =>
  facts.toSorted((a, b) => (a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at < b.at ? -1 : 1)).map(sentenceOf)
