import type { BrowserContext, Locator, Page, Request } from 'playwright'
import type { Call } from '../platform.ts'
import { SELECTORS, type SelectorName, css } from './selectors.ts'

/** A step with the page did not work. Its message names the step and, where one was missing, the selector's entry. */
export class StepError extends Error {
  override readonly name = 'StepError'
}

/** Longest waits in milliseconds, each for one call to the browser. X on a slow line needs seconds to show a page. */
export const WAITS = {
  newPage: 10_000,
  load: 25_000,
  show: 15_000,
  act: 10_000,
  upload: 60_000,
  answer: 30_000,
  close: 5_000,
} as const

/** One page of a lease, and the signal that ends all work on it: the caller's stop, or the end of the page's process. */
export interface Driver {
  readonly page: Page
  readonly signal: AbortSignal
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''

/**
 * Run one call to the browser under a deadline and the caller's signal. Whichever comes first ends the wait; the call
 * itself dies with its page, which `withPage` closes.
 *
 * @throws StepError naming `what`
 */
export const step = async <T>(what: string, ms: number, signal: AbortSignal, run: () => Promise<T>): Promise<T> => {
  if (signal.aborted) throw new StepError(`${what}: stopped before it began`)
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new StepError(`${what}: no answer within ${ms} ms`)), ms)
  const stop = (): void => reject(new StepError(`${what}: stopped`))
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([run(), promise])
  } catch (error) {
    throw error instanceof StepError ? error : new StepError(`${what}: ${firstLine(error)}`, { cause: error })
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
  }
}

const openPage = (context: BrowserContext, signal: AbortSignal): Promise<Page> =>
  step('open a page', WAITS.newPage, signal, () => context.newPage())

const closePage = (page: Page): Promise<void> =>
  step('close the page', WAITS.close, new AbortController().signal, () => page.close()).catch(() => undefined)

/** Work with a page until the caller stops or the page's process dies: whatever waits for it then ends at once. */
const workWith = async <T>(page: Page, signal: AbortSignal, work: (driver: Driver) => Promise<T>): Promise<T> => {
  const crash = new AbortController()
  const onCrash = (): void => crash.abort()
  page.on('crash', onCrash)
  try {
    return await work({ page, signal: AbortSignal.any([signal, crash.signal]) })
  } finally {
    page.off('crash', onCrash)
  }
}

/** Pages that were read without trouble and stay open for the next reading of the same session, at most so many. */
const MOST_KEPT = 3

/** Runs work with a page that is loaded anew each time, and kept for the next when the work went well. */
export type Pages = <T>(
  call: Call,
  work: (driver: Driver) => Promise<T>,
  wentWell: (result: T) => boolean,
) => Promise<T>

/**
 * Pages of one context for reading one address after the other: a new page is a new process of Chromium's, which costs more
 * than loading a post into one that is there. A page that had any trouble is closed; the others end with their context.
 */
export const keepPages = (context: BrowserContext): Pages => {
  const idle: Page[] = []
  return async ({ signal }, work, wentWell) => {
    let page = idle.pop()
    while (page?.isClosed() === true) page = idle.pop()
    page ??= await openPage(context, signal)
    let isGood = false
    try {
      const result = await workWith(page, signal, work)
      isGood = wentWell(result)
      return result
    } finally {
      if (isGood && idle.length < MOST_KEPT && !page.isClosed()) idle.push(page)
      else await closePage(page)
    }
  }
}

/** Work with a new page and close it, whatever happens. */
export const withPage = async <T>(
  context: BrowserContext,
  { signal }: Call,
  work: (driver: Driver) => Promise<T>,
): Promise<T> => {
  const page = await openPage(context, signal)
  try {
    return await workWith(page, signal, work)
  } finally {
    await closePage(page)
  }
}

/** Rejects once the document of a page breaks off. `goto` would wait on: a document that lacks its end never has its content loaded. */
const brokenOff = (page: Page): Disposable & { readonly broken: Promise<never> } => {
  const { promise: broken, reject } = Promise.withResolvers<never>()
  broken.catch(() => undefined)
  const onFailed = (request: Request): void => {
    if (request.isNavigationRequest() && request.frame() === page.mainFrame())
      reject(new Error(`the answer broke off (${request.failure()?.errorText ?? 'no reason given'})`))
  }
  page.on('requestfailed', onFailed)
  return { broken, [Symbol.dispose]: () => void page.off('requestfailed', onFailed) }
}

/** Load an address. The HTTP status is returned, `null` when there was none. @throws StepError */
export const load = async (
  { page, signal }: Driver,
  url: string,
): Promise<{ readonly status: number; readonly resetAt: Date | null }> => {
  using document = brokenOff(page)
  const response = await step(`load ${new URL(url).pathname}`, WAITS.load, signal, () =>
    Promise.race([page.goto(url, { waitUntil: 'domcontentloaded', timeout: WAITS.load }), document.broken]),
  )
  return { status: response?.status() ?? 0, resetAt: response ? resetOf(response.headers()) : null }
}

/** X's windows last a quarter of an hour, its daily limits a day: a reset later than that is a mistake and not a time. */
const LATEST_RESET_MS = 24 * 60 * 60_000

/** `x-rate-limit-reset`: seconds since 1970 (developer.x.com, "Rate limits"); null when it says nothing that can be. */
export const resetOf = (headers: Readonly<Record<string, string>>): Date | null => {
  const at = Number(headers['x-rate-limit-reset']) * 1_000
  return at > 0 && at <= Date.now() + LATEST_RESET_MS ? new Date(at) : null
}

/** The first element of an entry inside `scope`; its fallbacks count as the same. */
export const part = (scope: Page | Locator, name: SelectorName): Locator => scope.locator(css(name)).first()

/**
 * Wait until one of the entries, or one of the `others` that no selector names, is on the page.
 *
 * @returns whether it came
 * @throws StepError when stopped
 */
export const appears = async (
  { page, signal }: Driver,
  names: readonly SelectorName[],
  ms: number,
  others: readonly Locator[] = [],
): Promise<boolean> => {
  const named = names.length > 0 ? [page.locator(names.map(css).join(', '))] : []
  // What is there already is found by CSS alone: looking for words and roles as well takes many times as long.
  for (const locator of named) {
    const found = step(`look for ${names.join(' or ')}`, WAITS.act, signal, () => locator.count())
    // A page that is just being replaced answers nothing; waiting is for what follows.
    if ((await found.catch(() => 0)) > 0) return true
  }
  const any = [...named, ...others].reduce((all, other) => all.or(other)).first()
  const attached = (): Promise<void> => any.waitFor({ state: 'attached', timeout: ms })
  try {
    await step(`wait for ${names.join(' or ')}`, ms + 1_000, signal, attached)
    return true
  } catch (error) {
    if (signal.aborted) throw error
    return false
  }
}

/** @throws StepError that names the entry and its CSS, so that a renamed selector is found at once */
export const missing = (name: SelectorName, where: string): never => {
  throw new StepError(`selector ${name} found nothing ${where} (tried ${SELECTORS[name].join(' | ')})`)
}

export const html = ({ page, signal }: Driver): Promise<string> =>
  step('read the page', WAITS.act, signal, () => page.content())
