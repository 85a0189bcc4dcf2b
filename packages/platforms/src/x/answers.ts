import { PlatformId } from '@surepost/shared/contracts'
import { z } from 'zod'
import type { CreateResult, Refusal } from '../platform.ts'
import { resetOf } from './driver.ts'

/** What the server answered to a create or a delete, as the page received it. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** The body as JSON; `undefined` when it was none. */
  readonly body: unknown
}

const Created = z.object({
  rest_id: z.string().optional(),
  tweet: z.object({ rest_id: z.string().optional() }).optional(),
  legacy: z.object({ id_str: z.string().optional() }).optional(),
})
const results = z.object({ tweet_results: z.object({ result: Created.optional() }).optional() }).nullish()
const Body = z.object({
  data: z
    .object({ create_tweet: results, notetweet_create: results, delete_tweet: z.object({}).nullish() })
    .partial()
    .nullish(),
  errors: z.array(z.object({ code: z.number().optional(), message: z.string().default('') })).default([]),
})

/** Limits that do not say when they end are asked again after X's usual windows: 15 minutes, for daily ones half an hour. */
export const WINDOW_MS = 15 * 60_000
const DAILY_MS = 30 * 60_000

type ErrorRule = (detail: string, until: (ms: number) => Date) => Refusal

const session =
  (trouble: Extract<Refusal, { kind: 'session' }>['trouble']): ErrorRule =>
  (detail) => ({ kind: 'session', trouble, detail })
const rejected =
  (code: string): ErrorRule =>
  (detail) => ({ kind: 'rejected', code, detail })
const throttled =
  (ms: number): ErrorRule =>
  (detail, until) => ({ kind: 'throttled', until: until(ms), detail })
const parentGone: ErrorRule = (detail) => ({ kind: 'parent_gone', detail })

/**
 * The refusals that say for certain that nothing was created, by X's error code (developer.x.com, "Response codes and
 * errors"). A code that is not here leaves the outcome unknown: "something went wrong" can follow a create.
 */
const REFUSALS: Readonly<Record<number, ErrorRule>> = {
  32: session('signed_out'), // could not authenticate
  64: session('suspended'),
  88: throttled(WINDOW_MS), // rate limit exceeded
  89: session('signed_out'), // invalid or expired token
  144: parentGone, // no status with that id
  179: rejected('not_authorized'), // may not see the post that is answered
  185: throttled(DAILY_MS), // over the daily limit of posts
  186: rejected('too_long'),
  187: (detail) => ({ kind: 'duplicate', detail }),
  226: (detail) => ({ kind: 'automation', detail }),
  324: rejected('media'), // the media id cannot be used
  326: session('locked'),
  344: throttled(DAILY_MS), // over the daily limit of actions
  353: session('signed_out'), // ct0 cookie and header differ
  385: parentGone, // replying to a post that is deleted or not visible
  433: rejected('replies_restricted'), // the author limits who can reply
}

/** The moment that a snowflake id was made (milliseconds since 2010-11-04 in its upper bits; X's open-sourced Snowflake). */
export const timeOfId = (id: PlatformId): Date => new Date(Number(BigInt(id) >> 22n) + 1_288_834_974_657)

const idIn = (body: z.infer<typeof Body>): PlatformId | undefined => {
  const result = body.data?.create_tweet?.tweet_results?.result ?? body.data?.notetweet_create?.tweet_results?.result
  for (const id of [result?.rest_id, result?.tweet?.rest_id, result?.legacy?.id_str]) {
    const parsed = PlatformId.safeParse(id)
    if (parsed.success) return parsed.data
  }
  return undefined
}

/** X's no, when the answer is one that rules a create out; `undefined` when it leaves that open. */
export const refusalIn = (answer: Answer, now: Date): Refusal | undefined => {
  const until = (ms: number): Date => resetOf(answer.headers) ?? new Date(now.getTime() + ms)
  const body = Body.safeParse(answer.body)
  for (const error of body.success ? body.data.errors : []) {
    const rule = REFUSALS[error.code ?? 0]
    if (rule) return rule(`X answered ${error.code}: ${error.message}`.slice(0, 300), until)
  }
  if (answer.status === 429)
    return { kind: 'throttled', until: until(WINDOW_MS), detail: 'X answered 429 (too many requests).' }
  if (answer.status === 401)
    return { kind: 'session', trouble: 'signed_out', detail: 'X answered 401 (not signed in).' }
  return undefined
}

/**
 * What a create came to, from its own response. An id wins over everything beside it; a refusal that is certain is
 * `not_created`; all else is `unknown`.
 *
 * @param urlOf the public address of an id
 */
export const outcomeOfCreate = (answer: Answer, urlOf: (id: PlatformId) => string, now: Date): CreateResult => {
  const body = Body.safeParse(answer.body)
  const platformId = body.success && answer.status < 300 ? idIn(body.data) : undefined
  if (platformId !== undefined)
    return { outcome: 'created', platformId, url: urlOf(platformId), publishedAt: timeOfId(platformId) }
  const refusal = refusalIn(answer, now)
  if (refusal) return { outcome: 'not_created', refusal }
  const codes = body.success
    ? body.data.errors.map(({ code, message }) => `${code ?? '?'} ${message}`).join('; ')
    : 'no JSON'
  return { outcome: 'unknown', reason: `X answered ${answer.status} without an id (${codes.slice(0, 200)}).` }
}

/** Whether a delete's answer says that the post is gone: done now, or not there any more (144). */
export const isDeleted = (answer: Answer): boolean => {
  const body = Body.safeParse(answer.body)
  if (!body.success) return false
  return (
    body.data.errors.some(({ code }) => code === 144) || (answer.status < 300 && body.data.data?.delete_tweet != null)
  )
}
