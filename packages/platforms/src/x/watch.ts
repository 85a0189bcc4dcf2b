import type { Page, Request, Response } from 'playwright'
import { type Answer, WINDOW_MS } from './answers.ts'
import { WAITS, resetOf, step } from './driver.ts'

/** Hears the one request that a click makes, and its answer. Made before the click, so nothing can be missed. */
export interface Watch {
  /** The answer of that request, `undefined` when it ended without one. @throws StepError past the deadline or when stopped */
  answer(signal: AbortSignal): Promise<Answer | undefined>
  stop(): void
}

const isCall = (request: Request, operations: readonly string[]): boolean => {
  if (request.method() !== 'POST') return false
  const path = URL.parse(request.url())?.pathname ?? ''
  return path.includes('/i/api/graphql/') && operations.some((operation) => path.endsWith(`/${operation}`))
}

const answerOf = async (request: Request): Promise<Answer | undefined> => {
  const response = await request.response()
  if (!response) return undefined
  const text = await response.text()
  return { status: response.status(), headers: response.headers(), body: parseJson(text) }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Listen on this very page for the first call of one of X's GraphQL operations. */
export const watchCall = (page: Page, operations: readonly string[]): Watch => {
  const { promise, resolve } = Promise.withResolvers<Request>()
  const onRequest = (request: Request): void => {
    if (isCall(request, operations)) resolve(request)
  }
  page.on('request', onRequest)
  return {
    answer: (signal) =>
      step(`wait for the answer of ${operations.join(' or ')}`, WAITS.answer, signal, async () =>
        answerOf(await promise),
      ),
    stop: () => page.off('request', onRequest),
  }
}

/** Hears whether X limits the calls of a page: the page itself then only says that something went wrong. */
export const watchLimits = (page: Page): { readonly until: () => Date | undefined; readonly stop: () => void } => {
  let until: Date | undefined
  const onResponse = (response: Response): void => {
    const isApi = (URL.parse(response.url())?.pathname ?? '').startsWith('/i/api/')
    if (isApi && response.status() === 429) until = resetOf(response.headers()) ?? new Date(Date.now() + WINDOW_MS)
  }
  page.on('response', onResponse)
  return { until: () => until, stop: () => page.off('response', onResponse) }
}
