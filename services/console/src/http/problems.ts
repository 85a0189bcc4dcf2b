import { PermanentError, ThrottledError, UnavailableError, messageOf } from '@surepost/shared/errors'
import { UnroutableError } from '@surepost/shared/messaging'
import type { z } from 'zod'

/** One thing that is wrong with a request: where (`segments.0.text`) and what. */
export interface FieldError {
  readonly path: string
  readonly message: string
}

export interface ProblemOptions {
  readonly errors?: readonly FieldError[]
  /** Seconds after which asking again makes sense: the `Retry-After` header. */
  readonly retryAfter?: number
  /** Members of the problem's own kind (RFC 9457 §3.2), such as the id of a post. */
  readonly extra?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/** The kinds of problem that the API answers with, their status and title. The type is `urn:surepost:problem:<kind>`. */
export const PROBLEMS = {
  'not-json': [400, 'The body is not JSON'],
  'bad-request': [400, 'The request cannot be read'],
  unauthorized: [401, 'An API key is needed'],
  forbidden: [403, 'Refused'],
  'not-found': [404, 'Not found'],
  'method-not-allowed': [405, 'Method not allowed'],
  conflict: [409, 'Conflict'],
  'same-text': [409, 'The same text is on this account already'],
  'idempotency-conflict': [409, 'The Idempotency-Key was used with another body'],
  'too-large': [413, 'The body is too large'],
  'content-type': [415, 'Unsupported content type'],
  invalid: [422, 'The request is not valid'],
  internal: [500, 'An error of ours'],
  unavailable: [503, 'Not available at the moment'],
} as const satisfies Record<string, readonly [number, string]>
export type ProblemKind = keyof typeof PROBLEMS

/** An answer that is an error, as problem+json (RFC 9457). The detail says what was wrong, what was expected and what to do. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly kind: ProblemKind
  readonly status: number
  readonly options: ProblemOptions
  constructor(kind: ProblemKind, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause })
    this.kind = kind
    this.status = PROBLEMS[kind][0]
    this.options = options
  }
}

export const problemBody = (problem: Problem): Record<string, unknown> => ({
  type: `urn:surepost:problem:${problem.kind}`,
  title: PROBLEMS[problem.kind][1],
  status: problem.status,
  detail: problem.message,
  ...(problem.options.errors === undefined ? {} : { errors: problem.options.errors }),
  ...problem.options.extra,
})

const pathOf = (path: readonly PropertyKey[]): string => path.map(String).join('.')

const sentence = (errors: readonly FieldError[]): string => {
  const [first] = errors
  if (first === undefined) return 'The request does not have the expected shape.'
  const rest = errors.length > 1 ? ` (and ${errors.length - 1} more, see errors)` : ''
  return `${first.path === '' ? '' : `${first.path}: `}${first.message}${rest}`
}

export const invalid = (errors: readonly FieldError[]): Problem => new Problem('invalid', sentence(errors), { errors })

export const invalidBy = (error: z.ZodError): Problem =>
  invalid(error.issues.slice(0, 50).map((issue) => ({ path: pathOf(issue.path), message: issue.message })))

/** What body-parser and express throw, by their documented `type`. */
const ofParser = (error: { readonly type?: unknown; readonly status?: unknown }): Problem | undefined => {
  switch (error.type) {
    case 'entity.parse.failed':
      return new Problem('not-json', 'The body is not JSON. Send one JSON object with Content-Type: application/json.')
    case 'entity.too.large':
      return new Problem('too-large', 'The body is larger than this operation takes.')
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return new Problem('content-type', 'The body must be UTF-8, uncompressed or with gzip, deflate or br.')
    default:
      return error.status === 400 ? new Problem('bad-request', 'The request cannot be read.') : undefined
  }
}

const PERMANENT: Readonly<Record<string, ProblemKind>> = {
  media_size: 'too-large',
  media_type: 'content-type',
  media_missing: 'not-found',
}

/** Seconds that a client should wait when a dependency is away and nothing better is known. */
const RETRY_AFTER = 5

const retryAfterOf = (until: Date, now: Date): number =>
  Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1_000))

/**
 * The problem that answers for anything thrown while a request was handled. Pure.
 * @param now for turning a moment into `Retry-After` seconds
 */
export const problemOf = (error: unknown, now: Date): Problem => {
  if (error instanceof Problem) return error
  if (error instanceof UnavailableError)
    return new Problem('unavailable', `${error.message} Ask again in a moment.`, {
      retryAfter: RETRY_AFTER,
      cause: error,
    })
  if (error instanceof UnroutableError)
    return new Problem('unavailable', 'A queue of RabbitMQ that this needs is not there yet. Ask again in a moment.', {
      retryAfter: RETRY_AFTER,
      cause: error,
    })
  if (error instanceof ThrottledError)
    return new Problem('unavailable', error.message, { retryAfter: retryAfterOf(error.until, now), cause: error })
  if (error instanceof PermanentError && PERMANENT[error.code] !== undefined)
    return new Problem(PERMANENT[error.code] ?? 'internal', error.message, { cause: error })
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new Problem('unavailable', 'This took too long. Ask again in a moment.', {
      retryAfter: RETRY_AFTER,
      cause: error,
    })
  const parsed = typeof error === 'object' && error !== null ? ofParser(error) : undefined
  return (
    parsed ?? new Problem('internal', 'Something went wrong here; it is in the log of the console.', { cause: error })
  )
}

/** For the log: what was behind a problem, in one line. */
export const causeOf = (problem: Problem): string => messageOf(problem.options.cause ?? problem)
