import { z } from 'zod'

/** The answer came and says no; asking again will not change it, unless it is one of the server's own troubles (5xx). */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

const Problem = z.looseObject({
  title: z.string().optional(),
  detail: z.string().optional(),
  error: z.string().optional(),
})

export interface Request {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON when given, bytes as they are. */
  readonly body?: unknown
  readonly timeoutMs?: number
  readonly signal: AbortSignal
}

/** No call of the run may wait longer for a part that is frozen. */
const TIMEOUT_MS = 10_000

/**
 * One HTTP request with a deadline.
 * @throws RefusedError when the answer is not a success; whatever `fetch` throws when there is none
 */
export const request = async (url: string, options: Request): Promise<unknown> => {
  const { method = 'GET', headers = {}, body, timeoutMs = TIMEOUT_MS, signal } = options
  const isBytes = body instanceof Uint8Array
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined || isBytes ? {} : { 'content-type': 'application/json' }), ...headers },
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    ...(body === undefined ? {} : { body: isBytes ? new Uint8Array(body) : JSON.stringify(body) }),
  })
  const text = await response.text()
  const answer: unknown =
    response.headers.get('content-type')?.includes('json') === true && text !== '' ? JSON.parse(text) : text
  if (response.ok) return answer
  const problem = Problem.safeParse(answer).data
  const why = problem?.detail ?? problem?.error ?? problem?.title ?? text.slice(0, 200)
  throw new RefusedError(response.status, `${method} ${new URL(url).pathname} answered ${response.status}: ${why}`)
}

/** True for what may come out otherwise when it is tried again: no answer, or the server's own trouble. */
export const isPassing = (error: unknown): boolean =>
  !(error instanceof RefusedError) || error.status >= 500 || error.status === 429
