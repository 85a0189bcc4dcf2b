import { UnavailableError, messageOf } from '@surepost/shared/errors'
import { pause, within } from '@surepost/shared/runtime'
import { type Browser as Connection, type CDPSession, chromium } from 'playwright'
import type { Browser } from './browser.ts'

/**
 * Contexts of a connection that was closed are gone within 70 ms (median), and an answer takes 400 ms on two cores with
 * 30 processes waiting. Beyond this the browser is killed, which is never wrong.
 */
const EMPTY_MS = 3_000
const LOOK_AGAIN_MS = 10

const unavailable = (message: string): UnavailableError => new UnavailableError('browsers', message)

/**
 * Use a connection of the broker's own to a browser, for `ms` at most; it is closed whatever happens.
 * @throws UnavailableError when the browser does not answer in time, what `work` throws, or the reason of `signal`
 */
export const connected = async <T>(
  { endpoint }: Pick<Browser, 'endpoint'>,
  ms: number,
  work: (connection: Connection) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> => {
  const connecting = chromium.connect(endpoint.href, { timeout: ms })
  try {
    return await within(connecting.then(work), ms, () => unavailable(`It did not answer within ${ms} ms.`), signal)
  } finally {
    void connecting.then((connection) => connection.close()).catch(() => {})
  }
}

/**
 * A session of the broker's own in each browser, for as long as the browser lives: to connect costs many times what is asked
 * over it. It opens no context, and ends with the browser.
 */
const sessions = new WeakMap<Pick<Browser, 'endpoint'>, Promise<CDPSession>>()

const openSession = async ({ endpoint }: Pick<Browser, 'endpoint'>, ms: number): Promise<CDPSession> =>
  (await chromium.connect(endpoint.href, { timeout: ms })).newBrowserCDPSession()

const sessionOf = (browser: Pick<Browser, 'endpoint'>, ms: number): Promise<CDPSession> => {
  const session = sessions.get(browser) ?? openSession(browser, ms)
  sessions.set(browser, session)
  return session
}

const lookUntilEmpty = async (session: CDPSession, deadline: number): Promise<void> => {
  for (;;) {
    const [{ browserContextIds: contexts }, { targetInfos: targets }] = await Promise.all([
      session.send('Target.getBrowserContexts'),
      session.send('Target.getTargets'),
    ])
    if (contexts.length === 0 && targets.length === 0) return
    if (Date.now() > deadline) throw unavailable(`${contexts.length} contexts and ${targets.length} targets are open.`)
    await pause(LOOK_AGAIN_MS)
  }
}

/**
 * Wait until Chromium itself says that nothing is open in it: no context and no target (pages, workers) of anybody.
 * Playwright does not dispose of a context that was being created when its connection was closed, so its word does not do.
 * @throws UnavailableError when it does not answer, or something stays open
 */
export const seeEmpty = async (browser: Pick<Browser, 'endpoint'>, ms = EMPTY_MS): Promise<void> => {
  const deadline = Date.now() + ms
  const late = (): Error => unavailable(`It did not answer within ${ms} ms.`)
  try {
    await within(
      sessionOf(browser, ms).then((session) => lookUntilEmpty(session, deadline)),
      ms,
      late,
    )
  } catch (error) {
    throw unavailable(`The browser was not seen empty: ${messageOf(error).split('\n')[0]}`)
  }
}
