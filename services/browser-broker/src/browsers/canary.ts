import { messageOf } from '@surepost/shared/errors'
import { histogram, linkedSignal, pause } from '@surepost/shared/runtime'
import type { Logger } from 'pino'
import { CANARY_URL } from '../egress/canary-page.ts'
import type { Browser } from './browser.ts'
import { connected } from './inspect.ts'
import type { BrowserTest } from './idle.ts'
import type { BrowserPool } from './pool.ts'

const took = histogram('surepost_canary_seconds', 'How long an idle browser took to load a page.')

export interface CanaryPorts {
  readonly pool: Pick<BrowserPool, 'check'>
  /** Memory of a browser's process group, in MiB. */
  readonly memoryOf: (browser: Browser) => Promise<number>
  readonly log: Logger
}

export interface CanaryLimits {
  readonly everyMs: number
  /** A page that takes longer means that the browser hangs, or would make every lease slow. */
  readonly loadMs: number
  /** See `KeepLimits`; asked each time. */
  readonly memoryMiB: () => number
}

/** Load a page in a context of its own, and close it. @throws UnavailableError when it is not painted in time */
const loadPage = async (browser: Browser, ms: number, signal: AbortSignal): Promise<void> => {
  const stop = took.startTimer()
  await connected(
    browser,
    ms,
    async (connection) => {
      const page = await (await connection.newContext()).newPage()
      await page.goto(CANARY_URL)
      await page.waitForFunction('document.title === "painted"')
    },
    signal,
  )
  stop()
}

/**
 * Every minute each idle browser loads a real page: one whose process lives and answers may still be unable to, or slow.
 * What fails, and what has grown too large, is replaced.
 */
export const startCanary = (ports: CanaryPorts, limits: CanaryLimits): AsyncDisposable => {
  const stopping = new AbortController()
  const test: BrowserTest = async (browser, taken) => {
    using ending = linkedSignal(taken, stopping.signal)
    const { signal } = ending
    try {
      await loadPage(browser, limits.loadMs, signal)
    } catch (error) {
      if (signal.aborted) return null
      ports.log.warn({ browser: browser.id, err: messageOf(error).split('\n')[0] }, 'an idle browser loads no page')
      return 'canary'
    }
    return (await ports.memoryOf(browser)) >= limits.memoryMiB() ? 'memory' : null
  }
  const running = (async () => {
    while (await pause(limits.everyMs, stopping.signal)) await ports.pool.check(test)
  })()
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await running
    },
  }
}
