/**
 * Errors are named by their consequence, not by their origin: whoever throws one has already decided what must
 * happen next. `outcomeOfError` (messaging) is the one place that turns them into outcomes.
 */

type Cause = { readonly cause?: unknown }

/** A passing trouble: worth another attempt, which it spends. */
export class TransientError extends Error {
  override readonly name: string = 'TransientError'
}

/** Whoever was asked said "not before `until`": waiting is not failing, so no attempt is spent. */
export class ThrottledError extends Error {
  override readonly name = 'ThrottledError'
  readonly until: Date
  constructor(message: string, until: Date, options?: Cause) {
    super(message, options)
    this.until = until
  }
}

/** The account's session is unusable until a person has looked: the account is paused, the work waits. */
export class SessionError extends Error {
  override readonly name = 'SessionError'
  readonly account: string
  readonly state: SessionTrouble
  constructor(account: string, state: SessionTrouble, message: string, options?: Cause) {
    super(message, options)
    this.account = account
    this.state = state
  }
}

/** Why a session cannot be used: signed out, asked for a proof of personhood, locked, suspended or behind a consent wall. */
export type SessionTrouble = 'signed_out' | 'challenge' | 'locked' | 'suspended' | 'consent'

/** Will not work however often it is tried: the work ends here, visibly. */
export class PermanentError extends Error {
  override readonly name: string = 'PermanentError'
  /** A short stable word for tables and metrics, such as `too_long` or `parent_gone`. */
  readonly code: string
  constructor(code: string, message: string, options?: Cause) {
    super(message, options)
    this.code = code
  }
}

/** A message, a row or a page does not have the shape that its contract promises. */
export class ContractError extends Error {
  override readonly name = 'ContractError'
}

/** A create was begun and its end was not seen: it may be live. Never tried again before the platform was asked. */
export class UnknownOutcomeError extends Error {
  override readonly name = 'UnknownOutcomeError'
}

/** A dependency (database, broker, browser pool) cannot be used at the moment. */
export class UnavailableError extends TransientError {
  override readonly name = 'UnavailableError'
  readonly dependency: string
  constructor(dependency: string, message: string, options?: Cause) {
    super(message, options)
    this.dependency = dependency
  }
}

/** The configuration cannot be used; the message is one sentence per variable that is wrong. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** The message of anything that was thrown, without its stack. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
