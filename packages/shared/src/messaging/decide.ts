import { ContractError, PermanentError, SessionError, ThrottledError, messageOf } from '../errors/index.ts'
import { RUNGS, type Rung } from '../contracts/index.ts'
import { RUNG_NAMES } from './topology.ts'
import { type Outcome, reject, retry, snooze } from './types.ts'

/** What becomes of a message; the pure part of settling it. */
export type Decision =
  | { readonly do: 'ack' }
  | { readonly do: 'answer'; readonly body: unknown }
  | { readonly do: 'delay'; readonly rung: Rung; readonly attempt: number; readonly notBefore: Date | undefined }
  | { readonly do: 'bury'; readonly reason: string; readonly cause: unknown }

export interface Standing {
  /** 1 for the first. */
  readonly attempt: number
  /** One attempt per rung after the first. */
  readonly rungs: readonly Rung[]
  readonly now: number
}

/** The longest rung that ends at or before `ms` from now; undefined when even the shortest is too long. */
export const longestRungWithin = (ms: number): Rung | undefined => RUNG_NAMES.findLast((rung) => RUNGS[rung] <= ms)

const SHORTEST = RUNG_NAMES[0] ?? '1s'

/**
 * Where an outcome leads. A snooze into the past waits the shortest rung, since a message that came back at once could
 * keep a consumer spinning.
 */
export const decide = (outcome: Outcome, { attempt, rungs, now }: Standing): Decision => {
  switch (outcome.kind) {
    case 'done':
      return { do: 'ack' }
    case 'answer':
      return { do: 'answer', body: outcome.body }
    case 'snooze':
      return {
        do: 'delay',
        rung: longestRungWithin(outcome.until.getTime() - now) ?? SHORTEST,
        attempt,
        notBefore: outcome.until,
      }
    case 'reject':
      return { do: 'bury', reason: outcome.reason, cause: outcome.cause }
    case 'retry': {
      const rung = rungs[attempt - 1]
      if (rung !== undefined) return { do: 'delay', rung, attempt: attempt + 1, notBefore: undefined }
      const times = attempt === 1 ? 'its only attempt' : `all ${attempt} attempts`
      return { do: 'bury', reason: `${times} failed, at last with: ${messageOf(outcome.cause)}`, cause: outcome.cause }
    }
  }
}

export type Early =
  | { readonly handle: 'now' }
  | { readonly handle: 'after'; readonly ms: number }
  | { readonly handle: 'later'; readonly rung: Rung }

/** What to do with a message that may not be handled before an instant: hop by the longest rung, wait out what is shorter than the shortest. */
export const whenToHandle = (notBefore: number | undefined, now: number): Early => {
  const ms = notBefore === undefined ? 0 : notBefore - now
  if (ms <= 0) return { handle: 'now' }
  const rung = longestRungWithin(ms)
  return rung === undefined ? { handle: 'after', ms } : { handle: 'later', rung }
}

/** How long work waits for a session that a person must look at; the account itself is paused elsewhere. */
const SESSION_WAIT_MS = 300_000

/** The outcome of a handler that threw: the one place where errors, named by consequence, meet their consequence. */
export const outcomeOfError = (error: unknown, now: number = Date.now()): Outcome => {
  if (error instanceof ThrottledError) return snooze(error.until, error.message)
  if (error instanceof SessionError) return snooze(new Date(now + SESSION_WAIT_MS), error.message)
  if (error instanceof PermanentError) return reject(`${error.code}: ${error.message}`, error)
  if (error instanceof ContractError) return reject(error.message, error)
  // TransientError, UnavailableError and UnknownOutcomeError ask for another attempt; so does whatever nobody named.
  return retry(error)
}
