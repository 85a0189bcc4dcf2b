import { messageOf } from '@surepost/shared/errors'
import { backoffMs, pause } from '@surepost/shared/runtime'
import type { Logger } from 'pino'
import type { Browser } from './browser.ts'

/** A spare is started a little after one was taken: the lease's own first page comes first. */
const REWARM_MS = 300

/** One browser that is kept warm for whoever comes. Disposing of it ends the warming, not the browser. */
export interface Spare extends AsyncDisposable {
  readonly browser: Browser | undefined
  /** Take it away, if there is one; the next is started. */
  take(): Browser | undefined
}

/** @param start starts a browser. @throws UnavailableError when none comes up: it is tried again, later and later */
export const keepSpare = (start: () => Promise<Browser>, log: Logger): Spare => {
  const stopping = new AbortController()
  let spare: Browser | undefined
  let warming: Promise<void> | undefined

  const warmUp = async (delay: number): Promise<void> => {
    const { signal } = stopping
    for (let failures = 0; await pause(failures === 0 ? delay : backoffMs(failures, 500, 30_000), signal); ) {
      try {
        const browser = await start()
        if (signal.aborted) return browser.kill()
        spare = browser
        void browser.gone.then(() => replace(browser))
        return
      } catch (error) {
        failures += 1
        log.error({ err: messageOf(error), failures }, 'no spare browser could be started; trying again')
      }
    }
  }
  const warm = (delay: number): void => {
    warming ??= warmUp(delay).finally(() => (warming = undefined))
  }
  const replace = (browser: Browser): void => {
    if (spare !== browser) return
    spare = undefined
    log.warn({ browser: browser.id }, 'the spare browser ended')
    warm(REWARM_MS)
  }
  warm(0)
  return {
    get browser() {
      return spare
    },
    take() {
      const taken = spare
      spare = undefined
      warm(REWARM_MS)
      return taken
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await warming
    },
  }
}
