import type { BeginAnswer } from '@surepost/shared/contracts'
import { done, reject, retry, snooze, type Outcome } from '@surepost/shared/messaging'
import type { CreateResult, ListReading, PostReading, Refusal, SeenPost } from '@surepost/platforms'
import { PermanentError, TransientError, messageOf } from '@surepost/shared/errors'

/** The outcome of an action is not known: the platform is to be asked. */
export type Unknown = Extract<BeginAnswer, { answer: 'unknown' }>

/** How a post ends other than live; one fact each. */
export type End =
  | { readonly kind: 'failed'; readonly code: string; readonly reason: string }
  | { readonly kind: 'missed'; readonly reason: string }
  | { readonly kind: 'needs_attention'; readonly reason: string }

export interface Pause {
  readonly reason: string
  /** null: until a person resumes it. */
  readonly until: Date | null
}

/**
 * Why publishing stops here and what follows, as data: what the ledger is told of the attempt in hand (`abort` only
 * when it is certain that nothing was created), whether the account rests, whether the post has ended, and what
 * becomes of the command.
 */
export interface Stop {
  readonly tell: { readonly op: 'abort' | 'unknown'; readonly reason: string } | null
  readonly pause: Pause | null
  readonly end: End | null
  readonly outcome: Outcome
}

/** How long an unanswered create is left alone before the platform is asked: its browser must be seen to be gone. */
export const FIRST_LOOK_MS = 2_000
/** How long to wait after a reading that did not work. */
const NEXT_LOOK_MS = 10_000
/** Least wait for a settle window that is about to close. */
const SETTLED_MS = 250
/** "Looks automated" (X's 226): the account rests this long. */
const COOL_DOWN_MS = 60 * 60_000
/** A refusal without a time of its own is asked again after this. */
const ASK_AGAIN_MS = 30_000

const after = (now: Date, milliseconds: number): Date => new Date(now.getTime() + milliseconds)
const nothing = { tell: null, pause: null, end: null } as const
const abort = (reason: string): Stop['tell'] => ({ op: 'abort', reason })

/** The ledger said no to a fresh create. */
export const onBeginRefused = (refusal: Extract<BeginAnswer, { answer: 'refused' }>, now: Date): Stop => {
  const { reason, detail } = refusal
  switch (reason) {
    case 'same_text':
      return { ...nothing, end: { kind: 'failed', code: 'same_text', reason: detail }, outcome: done }
    case 'opted_out':
      return { ...nothing, end: { kind: 'failed', code: 'opted_out', reason: detail }, outcome: done }
    case 'too_late':
      return { ...nothing, end: { kind: 'missed', reason: detail }, outcome: done }
    case 'attempts_spent':
      return { ...nothing, end: { kind: 'needs_attention', reason: detail }, outcome: done }
    // Every reminder of the post as it was recorded would end here: without an end it would wait for ever.
    case 'hash_changed':
      return {
        ...nothing,
        end: { kind: 'needs_attention', reason: detail },
        outcome: reject(`hash_changed: ${detail}`),
      }
    case 'budget':
    case 'paused':
    case 'kill_switch':
    case 'not_yet': {
      const until = refusal.until === null ? after(now, ASK_AGAIN_MS) : new Date(refusal.until)
      return { ...nothing, outcome: snooze(until, `${reason}: ${detail}`) }
    }
  }
}

/** The create did not give an id. */
export const onNotCreated = (result: Exclude<CreateResult, { outcome: 'created' }>, now: Date): Stop =>
  result.outcome === 'unknown'
    ? {
        ...nothing,
        tell: { op: 'unknown', reason: result.reason },
        outcome: snooze(after(now, FIRST_LOOK_MS), `outcome unknown: ${result.reason}`),
      }
    : onRefusal(result.refusal, now)

const onRefusal = (refusal: Refusal, now: Date): Stop => {
  const tell = abort(refusal.detail)
  switch (refusal.kind) {
    // The text is already there: an earlier attempt of ours, or somebody's. Only the timeline can say which.
    case 'duplicate':
      return {
        ...nothing,
        tell: { op: 'unknown', reason: `duplicate: ${refusal.detail}` },
        outcome: snooze(after(now, FIRST_LOOK_MS), 'the platform holds this text already'),
      }
    case 'throttled':
      return {
        tell,
        pause: { reason: refusal.detail, until: refusal.until },
        end: null,
        outcome: snooze(refusal.until, refusal.detail),
      }
    case 'session':
      return {
        tell,
        pause: { reason: `${refusal.trouble}: ${refusal.detail}`, until: null },
        end: null,
        outcome: snooze(after(now, ASK_AGAIN_MS), refusal.detail),
      }
    case 'automation':
      return {
        tell,
        pause: { reason: refusal.detail, until: after(now, COOL_DOWN_MS) },
        end: null,
        outcome: snooze(after(now, COOL_DOWN_MS), refusal.detail),
      }
    case 'away':
      return { ...nothing, tell, outcome: snooze(after(now, NEXT_LOOK_MS), refusal.detail) }
    case 'parent_gone':
      return { tell, pause: null, end: { kind: 'failed', code: 'parent_gone', reason: refusal.detail }, outcome: done }
    case 'rejected':
      return { tell, pause: null, end: { kind: 'failed', code: refusal.code, reason: refusal.detail }, outcome: done }
    case 'trouble':
      return { ...nothing, tell, outcome: retry(new TransientError(refusal.detail)) }
  }
}

/** The images of a segment cannot be had. One that is gone or damaged ends the post; a store that is away comes back. */
export const onNoMedia = (error: unknown, now: Date): Stop => {
  const reason = messageOf(error)
  if (error instanceof PermanentError)
    return { ...nothing, tell: abort(reason), end: { kind: 'failed', code: error.code, reason }, outcome: done }
  return { ...nothing, tell: abort(reason), outcome: snooze(after(now, ASK_AGAIN_MS), reason) }
}

const GIVEN_UP: End = {
  kind: 'needs_attention',
  reason: 'It is not known whether this was published: the platform could not be read in time.',
}

/** Looking for a post whose outcome is unknown gave no post. It is looked for until its bound, then a person is asked. */
export const onNotFound = (
  reading: ListReading<SeenPost>,
  { giveUpAt }: Pick<Unknown, 'giveUpAt'>,
  now: Date,
): Stop => {
  const bound = new Date(giveUpAt)
  const wait = onNotRead(reading, now, bound)
  return now < bound ? wait : { ...wait, end: GIVEN_UP, outcome: done }
}

const onNotRead = (reading: ListReading<SeenPost>, now: Date, bound: Date): Stop => {
  if (reading.kind === 'session')
    return { ...onRefusal({ kind: 'session', trouble: reading.trouble, detail: reading.detail }, now), tell: null }
  if (reading.kind === 'throttled')
    return { ...nothing, outcome: snooze(reading.until, 'the platform slows readings down') }
  const why = reading.kind === 'unreadable' ? reading.detail : 'the timeline was not read to its end'
  const next = Math.min(after(now, NEXT_LOOK_MS).getTime(), bound.getTime())
  return { ...nothing, outcome: snooze(new Date(next), `could not look: ${why}`) }
}

/**
 * A whole reading without it does not count yet: it began before the settle window closed. Past the bound that cannot be
 * (unless clocks differ by more than the window allows for), and nobody waits for what cannot be.
 */
export const onUnsettled = ({ settledAt, giveUpAt }: Unknown, now: Date): Stop => {
  if (now >= new Date(giveUpAt)) return { ...nothing, end: GIVEN_UP, outcome: done }
  const next = Math.max(now.getTime() + SETTLED_MS, new Date(settledAt).getTime() + 1)
  return { ...nothing, outcome: snooze(new Date(next), 'waiting for the settle window') }
}

/** What the target of an answer must still be; null when it is. */
export const onTarget = (
  reading: PostReading,
  expected: { readonly author: string | undefined; readonly sameText: (shown: string) => boolean },
  now: Date,
): Stop | null => {
  switch (reading.kind) {
    case 'read': {
      const author = expected.author?.toLowerCase()
      if (author !== undefined && author !== reading.post.author.toLowerCase()) return changed('its author is another')
      return expected.sameText(reading.post.text) ? null : changed('its text is another')
    }
    case 'deleted':
      return onRefusal({ kind: 'parent_gone', detail: 'The post to answer is gone.' }, now)
    case 'session':
      return onRefusal({ kind: 'session', trouble: reading.trouble, detail: reading.detail }, now)
    case 'throttled':
      return onRefusal({ kind: 'throttled', until: reading.until, detail: 'The platform slows readings down.' }, now)
    case 'unreadable':
      return onRefusal({ kind: 'trouble', detail: reading.detail }, now)
  }
}

const changed = (what: string): Stop => ({
  ...nothing,
  tell: abort(what),
  end: { kind: 'failed', code: 'target_changed', reason: `The post to answer is not what it was: ${what}.` },
  outcome: done,
})
