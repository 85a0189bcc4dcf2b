import { messageOf } from '@surepost/shared/errors'
import type { z } from 'zod'
import { sentenceOf } from './problem.ts'

/** A console said no, or nothing; the message is one or more plain sentences for a person, saying what to do. */
export class ConsoleError extends Error {
  override readonly name: string = 'ConsoleError'
}

/** There is no answer at the moment: the same again is safe, and may work. */
export class ConsoleAwayError extends ConsoleError {
  override readonly name = 'ConsoleAwayError'
}

type Headers = Readonly<Record<string, string>>

/**
 * One console's API. Every call throws ConsoleError when it is refused, or answered with something else than was asked
 * for, and ConsoleAwayError when there is no answer.
 */
export interface Console {
  get<S extends z.ZodType>(path: string, answer: S): Promise<z.output<S>>
  post<S extends z.ZodType>(path: string, body: unknown, answer: S, headers?: Headers): Promise<z.output<S>>
  patch<S extends z.ZodType>(path: string, body: unknown, answer: S): Promise<z.output<S>>
  put<S extends z.ZodType>(path: string, body: unknown, answer: S): Promise<z.output<S>>
  remove<S extends z.ZodType>(path: string, answer: S): Promise<z.output<S>>
  /** Raw bytes. */
  upload<S extends z.ZodType>(path: string, bytes: Uint8Array<ArrayBuffer>, answer: S): Promise<z.output<S>>
}

/** Where a console is, and its API key, which is secret. */
export interface Access {
  readonly url: string
  readonly key: string
}

/** Longer than the console takes for the longest of its own operations. */
const ANSWER_MS = 130_000

const json = (method: string, body: unknown, headers: Headers = {}): RequestInit => ({
  method,
  body: JSON.stringify(body),
  headers,
})

/** @param signal ends what is under way, with its reason */
export const consoleAt = ({ url, key }: Access, signal: AbortSignal): Console => {
  const base = url.endsWith('/') ? url : `${url}/`
  const call = async <S extends z.ZodType>(path: string, init: RequestInit, schema: S): Promise<z.output<S>> => {
    const response = await fetch(new URL(path, base), {
      ...init,
      headers: { 'content-type': 'application/json', ...(init.headers as Headers), authorization: `Bearer ${key}` },
      // The key is for this console only.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    }).catch((cause: unknown) => {
      signal.throwIfAborted()
      throw new ConsoleAwayError(
        `The console at ${url} does not answer (${whyOf(cause)}). Is it up, and is this its URL?`,
        { cause },
      )
    })
    const body: unknown = await response.json().catch(() => undefined)
    signal.throwIfAborted()
    const answer = schema.safeParse(body)
    if (response.ok && answer.success) return answer.data
    const isAway = response.status === 502 || response.status === 503 || response.status === 504
    throw new (isAway ? ConsoleAwayError : ConsoleError)(refusal(url, response.status, body))
  }
  return {
    get: (path, answer) => call(path, { method: 'GET' }, answer),
    post: (path, body, answer, headers) => call(path, json('POST', body, headers), answer),
    patch: (path, body, answer) => call(path, json('PATCH', body), answer),
    put: (path, body, answer) => call(path, json('PUT', body), answer),
    remove: (path, answer) => call(path, { method: 'DELETE' }, answer),
    upload: (path, bytes, answer) =>
      call(path, { method: 'POST', body: bytes, headers: { 'content-type': 'application/octet-stream' } }, answer),
  }
}

/** `fetch` itself says only that it failed; why is in the cause. */
const whyOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `not within ${ANSWER_MS / 1_000} s`
  const { cause = error } = error
  return cause instanceof Error && 'code' in cause ? String(cause.code) : messageOf(cause)
}

const refusal = (url: string, status: number, body: unknown): string => {
  if (status === 401)
    return `The console at ${url} refuses the API key. Give its own (its variable API_KEY) with --key or SUREPOST_API_KEY.`
  return (
    sentenceOf(body) ??
    `${url} answered with status ${status} and something else than a Surepost console of this version would. Is this its URL?`
  )
}
