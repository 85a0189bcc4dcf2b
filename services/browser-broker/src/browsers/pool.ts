import { messageOf } from '@surepost/shared/errors'
import { backoffMs, gauge, pause } from '@surepost/shared/runtime'
import type { Logger } from 'pino'
import { type Browser, type BrowserConfig, launchBrowser } from './browser.ts'

/** A spare is started a little after one was taken: the lease's own first page comes first. */
const REWARM_MS = 300

/** Browsers for leases: each is used once; one spare is kept warm. */
export interface BrowserPool extends AsyncDisposable {
  /** The spare, or a new one. @throws UnavailableError when none comes up */
  take(): Promise<Browser>
  /** Browser processes that exist: leased, ending and the spare. */
  readonly roots: number
  readonly spare: boolean
}

export const openPool = (config: BrowserConfig, log: Logger, launch = launchBrowser): BrowserPool => {
  const living = new Set<Browser>()
  const stopping = new AbortController()
  const roots = gauge('surepost_browser_roots', 'Browser processes that exist: leased, ending and the spare.')
  let spare: Browser | undefined
  let warming: Promise<void> | undefined

  const start = async (): Promise<Browser> => {
    const browser = await launch(config)
    living.add(browser)
    roots.set(living.size)
    void browser.gone.then(() => {
      living.delete(browser)
      roots.set(living.size)
      if (spare !== browser) return
      spare = undefined
      log.warn({ browser: browser.id }, 'the spare browser ended by itself')
      warm(REWARM_MS)
    })
    return browser
  }
  const warmUp = async (delay: number): Promise<void> => {
    for (let failures = 0; await pause(failures === 0 ? delay : backoffMs(failures, 500, 30_000), stopping.signal); ) {
      if (spare !== undefined) return
      try {
        const browser = await start()
        if (stopping.signal.aborted) return browser.kill()
        spare = browser
        return
      } catch (error) {
        failures += 1
        log.error({ err: messageOf(error), failures }, 'no spare browser; trying again')
      }
    }
  }
  const warm = (delay: number): void => {
    warming ??= warmUp(delay).finally(() => (warming = undefined))
  }
  warm(0)

  return {
    async take() {
      const ready = spare
      spare = undefined
      warm(REWARM_MS)
      return ready?.alive === true ? ready : start()
    },
    get roots() {
      return living.size
    },
    get spare() {
      return spare !== undefined
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await warming
      for (const browser of living) browser.kill()
      await Promise.all([...living].map((browser) => browser.gone))
    },
  }
}
