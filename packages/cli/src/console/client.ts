import { messageOf } from '@surepost/shared/errors'
import { z } from 'zod'
import { plain } from './plain.ts'

/** A console said no, or nothing; the message is one or more plain sentences for a person, saying what to do. */
export class ConsoleError extends Error {
  override readonly name = 'ConsoleError'
}

/** One console's API. Every call throws ConsoleError when it is not answered, or not with what was asked for. */
export interface Console {
  get<S extends z.ZodType>(path: string, answer: S): Promise<z.output<S>>
  post<S extends z.ZodType>(path: string, body: unknown, answer: S): Promise<z.output<S>>
  patch<S extends z.ZodType>(path: string, body: unknown, answer: S): Promise<z.output<S>>
}

/** Where a console is, and its API key, which is secret. */
export interface Access {
  readonly url: string
  readonly key: string
}

/** Longer than the console takes for the longest of its own operations. */
const ANSWER_MS = 130_000

const Problem = z.looseObject({ type: z.string().startsWith('urn:surepost:problem:'), detail: z.string() })

/** @param signal ends what is under way, with its reason */
export const consoleAt = ({ url, key }: Access, signal: AbortSignal): Console => {
  const base = url.endsWith('/') ? url : `${url}/`
  const call = async <S extends z.ZodType>(path: string, init: RequestInit, schema: S): Promise<z.output<S>> => {
    const response = await fetch(new URL(path, base), {
      ...init,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      // The key is for this console only.
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
    }).catch((cause: unknown) => {
      signal.throwIfAborted()
      throw new ConsoleError(
        `The console at ${url} does not answer (${whyOf(cause)}). Is it up, and is this its URL?`,
        {
          cause,
        },
      )
    })
    const body: unknown = await response.json().catch(() => undefined)
    const answer = schema.safeParse(body)
    if (response.ok && answer.success) return answer.data
    throw new ConsoleError(refusal(url, response.status, body))
  }
  return {
    get: (path, answer) => call(path, { method: 'GET' }, answer),
    post: (path, body, answer) => call(path, { method: 'POST', body: JSON.stringify(body) }, answer),
    patch: (path, body, answer) => call(path, { method: 'PATCH', body: JSON.stringify(body) }, answer),
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
  const problem = Problem.safeParse(body)
  if (problem.success) return plain(problem.data.detail)
  return `${url} answered with status ${status} and something else than a Surepost console of this version would. Is this its URL?`
}
