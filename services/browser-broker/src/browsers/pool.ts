import { messageOf } from '@surepost/shared/errors'
import { backoffMs, gauge, pause } from '@surepost/shared/runtime'
import type { Logger } from 'pino'
import { type Browser, type BrowserConfig, launchBrowser } from './browser.ts'

/** A spare is started a little after one was taken: the lease's own first page comes first. */
const REWARM_MS = 300

const rootsGauge = gauge('surepost_browser_roots', 'Browser processes that exist: leased, ending and the spare.')

/** Browsers for leases: each is used once; one spare is kept warm. */
export interface BrowserPool extends AsyncDisposable {
  /** The spare, or a new one. @throws UnavailableError when none comes up */
  take(): Promise<Browser>
  /** Browser processes that exist: leased, ending and the spare. */
  readonly roots: number
  readonly spare: boolean
}

/** Browsers that exist, and the spare among them. */
class Pool implements BrowserPool {
  readonly #config: BrowserConfig
  readonly #log: Logger
  readonly #living = new Set<Browser>()
  readonly #stopping = new AbortController()
  #spare: Browser | undefined
  #warming: Promise<void> | undefined

  constructor(config: BrowserConfig, log: Logger) {
    this.#config = config
    this.#log = log
    this.#warm(0)
  }

  get roots(): number {
    return this.#living.size
  }

  get spare(): boolean {
    return this.#spare !== undefined
  }

  async take(): Promise<Browser> {
    const ready = this.#spare
    this.#spare = undefined
    this.#warm(REWARM_MS)
    return ready?.alive === true ? ready : this.#start()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort()
    await this.#warming
    for (const browser of this.#living) browser.kill()
    await Promise.all([...this.#living].map((browser) => browser.gone))
  }

  async #start(): Promise<Browser> {
    const browser = await launchBrowser(this.#config)
    this.#living.add(browser)
    rootsGauge.set(this.#living.size)
    void this.#forget(browser)
    return browser
  }

  async #forget(browser: Browser): Promise<void> {
    await browser.gone
    this.#living.delete(browser)
    rootsGauge.set(this.#living.size)
    if (this.#spare !== browser) return
    this.#spare = undefined
    this.#log.warn({ browser: browser.id }, 'the spare browser ended by itself')
    this.#warm(REWARM_MS)
  }

  #warm(delay: number): void {
    this.#warming ??= this.#warmUp(delay).finally(() => (this.#warming = undefined))
  }

  async #warmUp(delay: number): Promise<void> {
    const { signal } = this.#stopping
    for (let failures = 0; await pause(failures === 0 ? delay : backoffMs(failures, 500, 30_000), signal); ) {
      try {
        const browser = await this.#start()
        if (signal.aborted) return browser.kill()
        this.#spare = browser
        return
      } catch (error) {
        failures += 1
        this.#log.error({ err: messageOf(error), failures }, 'no spare browser could be started; trying again')
      }
    }
  }
}

export const openPool = (config: BrowserConfig, log: Logger): BrowserPool => new Pool(config, log)
