import { AsyncLocalStorage } from 'node:async_hooks'
import {
  createClient,
  type PostgrestError,
  type PostgrestSingleResponse,
  type SupabaseClient,
} from '@supabase/supabase-js'
import { currentContext } from '../telemetry/context.ts'
import { isTracing } from '../telemetry/spans.ts'
import { type Trouble, errorOf } from './errors.ts'
import type { Schema } from './schema.ts'

/** What a query is built with. */
export type ReadClient = Pick<SupabaseClient<Schema>, 'from'>
/** A built query: awaiting it sends it. */
export type Query<T> = PromiseLike<PostgrestSingleResponse<T>>

export interface RawClient {
  readonly reads: ReadClient
  call(name: string, args: object): Query<unknown>
  /** Send one query once, under a signal. @throws the error that its answer means (see `classify`) */
  send<T>(label: string, query: () => Query<T>, signal: AbortSignal): Promise<T>
}

/**
 * The one place that knows supabase-js. `fetch` of Node keeps its connections alive; the library's own retries are off,
 * since there is one retry layer. The signal travels beside the query, so that no query can be sent without one.
 */
export const createRawClient = (url: string, key: string): RawClient => {
  const signals = new AsyncLocalStorage<AbortSignal>()
  const client = createClient<Schema>(url, key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    db: { retry: false },
    global: {
      fetch: (input, init) => {
        const signal = signals.getStore()
        if (signal === undefined) return Promise.reject(new Error('A query may only be sent by the database module.'))
        return fetch(input, { ...init, headers: withTrace(init?.headers), signal })
      },
    },
  })
  return {
    reads: client,
    call: (name, args) => client.rpc(name, args as Record<string, unknown>),
    send: (label, query, signal) =>
      signals.run(signal, async () => {
        const answer = await query()
        // Whoever aborted knows why; what fetch makes of it is noise.
        signal.throwIfAborted()
        if (answer.error === null) return answer.data
        throw errorOf(label, troubleOf(answer.status, answer.error))
      }),
  }
}

/** A gateway in front of PostgREST, and Postgres' own log, can then tell which trace a query belongs to. */
const withTrace = (given: RequestInit['headers']): Headers => {
  const headers = new Headers(given)
  const context = currentContext()
  if (isTracing() && context !== undefined) headers.set('traceparent', context.traceparent)
  return headers
}

/**
 * What an error answer says. One that is not PostgREST's (a gateway's) may lack anything that the types promise. "fetch
 * failed" hides why (ECONNREFUSED); supabase-js keeps it in the details, before a stack.
 */
const troubleOf = (status: number, error: Partial<PostgrestError>): Trouble => {
  const { code, message = 'no message' } = error
  const cause = message.includes('fetch failed') ? /Caused by: (.*)/.exec(error.details ?? '')?.[1] : undefined
  return { status, code: code ?? '', message: cause ?? message }
}
