import { type Browser, type BrowserContext, type Page, chromium } from 'playwright'
import type { SessionHandout } from '../contracts/index.ts'
import { PermanentError, UnavailableError, messageOf } from '../errors/index.ts'
import { within } from '../runtime/deadline.ts'

const CONNECT_MS = 10_000
const CALL_MS = 15_000
const CLOSE_MS = 2_000
/** A lease is for one piece of work: more pages than this are a leak. */
export const MOST_PAGES = 5

/** The platforms' own words are English in this locale, which the adapters' selectors rely on. */
const CONTEXT = { locale: 'en-US', viewport: { width: 1280, height: 900 } } as const

export interface LeasedBrowser {
  readonly context: BrowserContext
  newPage(): Promise<Page>
  /** The context's cookies and storage as they are now. */
  storageState(): Promise<unknown>
  /** Does not throw and does not wait for long: the broker kills the browser anyway. */
  close(): Promise<void>
}

type StorageState = Exclude<NonNullable<Parameters<Browser['newContext']>[0]>['storageState'], string | undefined>

const unavailable = (message: string): UnavailableError => new UnavailableError('browser-broker', message)

/**
 * Connect to a lease's browser through the broker and open the account's context in it.
 * @param asking the session, on its way
 * @throws UnavailableError; its message never holds the token or the session
 */
export const openBrowser = async (
  { endpoint, token }: { readonly endpoint: string; readonly token: string },
  asking: Promise<SessionHandout>,
  signal: AbortSignal,
): Promise<LeasedBrowser> => {
  asking.catch(() => {})
  const connecting = chromium.connect(endpoint, { headers: { authorization: `Bearer ${token}` }, timeout: CONNECT_MS })
  let browser: Browser | undefined
  try {
    browser = await within(
      connecting,
      CONNECT_MS + 1_000,
      () => unavailable('The browser did not answer in time.'),
      signal,
    )
    // The broker keeps what Playwright itself once gave as `storageState`.
    const storageState = (await asking).storageState as StorageState
    const context = await within(
      browser.newContext({ ...CONTEXT, storageState }),
      CALL_MS,
      () => unavailable('No context came in time.'),
      signal,
    )
    return leased(browser, context)
  } catch (error) {
    void connecting.then((late) => late.close()).catch(() => {})
    if (signal.aborted || error instanceof PermanentError) throw error
    // Only the first line, without the cause: Playwright's call log names headers.
    const [line = ''] = messageOf(error).split('\n')
    throw unavailable(`The leased browser could not be used: ${line.replaceAll(token, '[token]')}`)
  }
}

const leased = (browser: Browser, context: BrowserContext): LeasedBrowser => {
  let opening = 0
  context.setDefaultTimeout(CALL_MS)
  // Pages that a page opens count as well; those beyond the cap are closed.
  context.on('page', (page) => {
    if (context.pages().length > MOST_PAGES) void page.close().catch(() => {})
  })
  return {
    context,
    async newPage() {
      if (context.pages().length + opening >= MOST_PAGES)
        throw new PermanentError('too_many_pages', `A lease has at most ${MOST_PAGES} pages; close one first.`)
      opening += 1
      try {
        return await within(context.newPage(), CALL_MS, () => unavailable('No page came in time.'))
      } finally {
        opening -= 1
      }
    },
    storageState: () =>
      within(context.storageState(), CALL_MS, () => unavailable('The session could not be read in time.')),
    close: () => within(browser.close(), CLOSE_MS, () => unavailable('late')).catch(() => {}),
  }
}
