import { ContractError, PermanentError, TransientError, UnavailableError } from '../errors/index.ts'

/**
 * What an answer of the database means for whoever asked.
 * - `refused`: the data is bad; the same call will always fail. → DataRefusedError
 * - `conflict`: two transactions met; the same call may do. → TransientError
 * - `slow`: it stopped the call for taking too long; the same will do when there is less to do, or as two halves. → DatabaseSlowError
 * - `away`: it cannot be reached or is not up; the same call will do when it is back. → UnavailableError
 * - `wrong`: it is up, but not as it must be (key, role, schema): a person or a migration helps, not a retry. → UnavailableError
 * - `lock_lost`: another replica holds the job's lock now. → LockLostError
 * - `mistake`: the question itself is wrong. → PermanentError
 */
export type Verdict = 'refused' | 'conflict' | 'slow' | 'away' | 'wrong' | 'lock_lost' | 'mistake'

/** An error answer of PostgREST, or of the client where nothing answered (status 0). */
export interface Trouble {
  readonly status: number
  /** SQLSTATE, a PGRST code, or empty. */
  readonly code: string
  readonly message: string
}

/** The data of a call is bad: SQLSTATE class 22 or 23, or SP001 of our own functions. */
export class DataRefusedError extends ContractError {
  readonly sqlstate: string
  constructor(sqlstate: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.sqlstate = sqlstate
  }
}

/** A job's lock passed to another replica while it ran: its write was refused. */
export class LockLostError extends PermanentError {
  constructor(message: string) {
    super('lock_lost', message)
  }
}

// SQLSTATE: PostgreSQL documentation, appendix A. PGRST codes: PostgREST documentation, "Errors".
const BY_CODE: readonly (readonly [RegExp, Verdict])[] = [
  [/^(22|23)...$|^SP001$/, 'refused'],
  [/^SP002$/, 'lock_lost'],
  [/^(40001|40P01)$/, 'conflict'],
  // Cancelled: statement_timeout (Supabase: 8 s for the API).
  [/^57014$/, 'slow'],
  // No connection, out of resources, shutting down, I/O, internal; in recovery or read-only; lock not available.
  [/^(08|53|57|58|XX|40)...$|^25006$|^55P03$|^25P0.$/, 'away'],
  // PostgREST cannot reach the database, or timed out waiting for a connection.
  [/^PGRST00[0-3]$/, 'away'],
  // Schema cache without what we ask for; JWT missing, wrong or expired.
  [/^PGRST(20\d|30\d)$/, 'wrong'],
  // Permission denied, unknown table, function, column or schema, wrong credentials.
  [/^(42501|42P01|42883|42703|3F000|28...|0LP01|42704)$/, 'wrong'],
]

/** Decide what an error answer means. Pure; the one place that knows codes. */
export const classify = ({ status, code }: Trouble): Verdict => {
  const known = BY_CODE.find(([pattern]) => pattern.test(code))
  if (known !== undefined) return known[1]
  // PostgREST gives every refusal a code. A 400 without one is of a server on the way that got half a request.
  const garbled = status === 400 && code === ''
  if (status === 0 || status >= 500 || status === 408 || status === 429 || garbled) return 'away'
  // Without a code it was not PostgREST that answered: a gateway that does not know the key or the path.
  if (status === 401 || status === 403 || (status === 404 && code === '')) return 'wrong'
  return 'mistake'
}

// A message may quote a value of a row: a little of it helps, all of it is a leak. Details (whole rows) are never taken.
const brief = (message: string): string => (message.length > 300 ? `${message.slice(0, 300)}…` : message)

/** The error to throw for an error answer. `label` names the call. */
export const errorOf = (label: string, trouble: Trouble): Error => {
  const said = `${label}: ${trouble.code === '' ? `HTTP ${trouble.status}` : trouble.code}, ${brief(trouble.message)}`
  switch (classify(trouble)) {
    case 'refused':
      return new DataRefusedError(trouble.code, `The database refused the data of ${said}`)
    case 'conflict':
      return new TransientError(`Another transaction was in the way of ${said}`)
    case 'slow':
      return new DatabaseSlowError(`The database took too long over ${said}`)
    case 'away':
      return new UnavailableError('database', `The database cannot be used at the moment for ${said}`)
    case 'wrong':
      return new DatabaseWrongError(`The database is not as it must be for ${said}`)
    case 'lock_lost':
      return new LockLostError(brief(trouble.message))
    case 'mistake':
      return new PermanentError(
        trouble.code === '' ? 'database' : trouble.code,
        `The database did not understand ${said}`,
      )
  }
}

/** The call took longer than it may. */
export class DatabaseSlowError extends UnavailableError {
  constructor(message: string) {
    super('database', message)
  }
}

/** Up, but not as it must be: wrong key or role, migrations missing. Unavailable for the caller, but no retry helps. */
export class DatabaseWrongError extends UnavailableError {
  constructor(message: string) {
    super('database', message)
  }
}

/** Whether the same call, made again soon, may do. */
export const mayDoLater = (error: unknown): boolean =>
  error instanceof TransientError && !(error instanceof DatabaseWrongError)

/**
 * Whether an error counts for the breaker. One that is wrong about a table or a key does not: it says nothing of whether
 * the database is up, and a breaker would only hide the sentence.
 */
export const isOutage = (error: unknown): boolean =>
  error instanceof UnavailableError && !(error instanceof DatabaseWrongError)
