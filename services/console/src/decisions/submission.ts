import { z } from 'zod'
import { AccountId, Media, type PostContent, ReplyTarget, type Segment } from '@surepost/shared/contracts'
import { expected } from '../http/expected.ts'
import type { FieldError } from '../http/problems.ts'
import type { Policy } from '../ports.ts'

const MAX_SEGMENTS = 25
const MAX_TEXT = 25_000

const SegmentInput = z.strictObject({
  text: z
    .string('must be the text of the segment, a string')
    .max(MAX_TEXT, `may have up to ${MAX_TEXT} characters`)
    .default(''),
  media: z.array(Media, 'must be a list of {"id","alt"}').max(4, 'a segment may have up to 4 images').default([]),
})

export const Segments = z
  .array(SegmentInput, 'must be a list of {"text","media"}')
  .min(1, 'must have at least one segment')
  .max(MAX_SEGMENTS, `a thread may have up to ${MAX_SEGMENTS} segments`)

/** With any offset; kept as UTC. */
export const ScheduledAt = z.iso
  .datetime({ offset: true, error: 'must be a moment with its offset, such as 2026-01-31T12:00:00Z' })
  .transform((text) => new Date(text).toISOString())

/** What `POST /v1/posts` takes. */
export const SubmitPost = z.strictObject(
  {
    account: AccountId,
    segments: Segments,
    scheduledAt: ScheduledAt.nullish().transform((at) => at ?? null),
    /** The post that this one answers: its platform id, or `{"platformId","author"}`. */
    replyTo: z
      .preprocess((value) => (typeof value === 'string' ? { platformId: value } : value), ReplyTarget)
      .nullish()
      .transform((target) => target ?? undefined),
    approval: z.enum(['auto', 'review'], 'must be "auto" or "review"').default('auto'),
  },
  expected('must be one JSON object {"account","segments","scheduledAt"?,"replyTo"?,"approval"?}'),
)
export type SubmitPost = z.output<typeof SubmitPost>

export const contentOf = (body: SubmitPost): PostContent => ({
  segments: body.segments,
  ...(body.replyTo === undefined ? {} : { replyTo: body.replyTo }),
})

export type MeasureText = (text: string) => { readonly length: number; readonly limit: number }

const segmentTroubles = (segment: Segment, index: number, measure: MeasureText): FieldError[] => {
  const path = `segments.${index}.text`
  if (segment.text.trim() === '')
    return segment.media.length > 0
      ? []
      : [{ path, message: `segment ${index + 1} is empty; give it a text or an image` }]
  const { length, limit } = measure(segment.text)
  if (length <= limit) return []
  const hint = 'shorten it or make it a thread'
  return [{ path, message: `segment ${index + 1} has a weighted length of ${length}; the limit is ${limit}; ${hint}` }]
}

/** What no platform would take: empty texts without an image, and texts over its weighted length. Pure. */
export const contentTroubles = (content: PostContent, measure: MeasureText): FieldError[] =>
  content.segments.flatMap((segment, index) => segmentTroubles(segment, index, measure))

/** A schedule that is in the past or beyond the horizon. Pure. */
export const scheduleTroubles = (
  scheduledAt: string | null,
  now: Date,
  policy: Pick<Policy, 'horizon'>,
): FieldError[] => {
  if (scheduledAt === null) return []
  const path = 'scheduledAt'
  const ahead = (new Date(scheduledAt).getTime() - now.getTime()) / 1_000
  if (ahead < 0)
    return [
      { path, message: `${scheduledAt} is in the past (it is ${now.toISOString()}); leave it out to publish now` },
    ]
  const days = Math.floor(policy.horizon / 86_400)
  return ahead > policy.horizon
    ? [{ path, message: `is more than ${days} days ahead; the horizon is ${days} days` }]
    : []
}
