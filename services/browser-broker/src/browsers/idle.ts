import type { AccountId } from '@surepost/shared/contracts'
import { counter } from '@surepost/shared/runtime'
import type { Logger } from 'pino'
import type { Browser } from './browser.ts'
import type { Spare } from './spare.ts'
import { type KeepLimits, wearOf, wornBy } from './wear.ts'

/** A browser that was seen empty at the end of a lease, and is kept for the same account. */
export interface Kept {
  readonly account: AccountId
  readonly browser: Browser
  /** Leases that it has served. */
  readonly uses: number
  /** When it was seen empty. Milliseconds since 1970. */
  readonly idleSince: number
  /** When its memory was last measured. Milliseconds since 1970. */
  readonly weighedAt: number
}

/** Says why a browser is to be replaced, or null. What it has under way ends when `signal` is aborted. */
export type BrowserTest = (browser: Browser, signal: AbortSignal) => Promise<string | null>

export const retired = counter(
  'surepost_browsers_retired_total',
  'Browsers that were not kept (any longer), by reason.',
  ['reason'],
)

/** The browsers that no lease has: the kept ones, the spare, and those that were retired and are not seen gone yet. */
export class Idle {
  readonly #log: Logger
  readonly #spare: Spare
  /** The longest idle first. */
  readonly #kept = new Set<Kept>()
  readonly #leaving = new Set<Browser>()
  readonly #tests = new Map<Browser, AbortController>()

  constructor(spare: Spare, log: Logger) {
    this.#spare = spare
    this.#log = log
  }

  get kept(): number {
    return this.#kept.size
  }

  get leaving(): ReadonlySet<Browser> {
    return this.#leaving
  }

  get count(): number {
    return this.#leaving.size + this.#browsers().length
  }

  keep(kept: Kept): void {
    this.#kept.add(kept)
  }

  /** The account's own, the last that was kept. */
  takeKept(account: AccountId): Kept | undefined {
    const kept = [...this.#kept].findLast((k) => k.account === account)
    if (kept === undefined) return undefined
    this.#kept.delete(kept)
    this.#tests.get(kept.browser)?.abort()
    return kept
  }

  takeSpare(): Browser | undefined {
    const browser = this.#spare.take()
    if (browser !== undefined) this.#tests.get(browser)?.abort()
    return browser
  }

  /** It was seen gone. */
  forget(browser: Browser): void {
    this.#leaving.delete(browser)
    for (const kept of this.#kept) if (kept.browser === browser) this.#kept.delete(kept)
  }

  retireOldest(reason: string): void {
    const [oldest] = this.#kept
    if (oldest !== undefined) this.#retire(oldest.browser, reason)
  }

  /** Retire what is worn out. */
  tend(limits: KeepLimits): void {
    const now = Date.now()
    for (const browser of this.#browsers()) {
      const { uses = 0, idleSince = null } = [...this.#kept].find((kept) => kept.browser === browser) ?? {}
      const reason = wornBy(wearOf({ uses, idleSince, startedAt: browser.startedAt }, now), limits)
      if (reason !== null) this.#retire(browser, reason)
    }
  }

  /** Test one after the other. The answer for a browser that was taken meanwhile is ignored. */
  async check(test: BrowserTest): Promise<void> {
    for (const browser of this.#browsers()) {
      if (!this.#browsers().includes(browser)) continue
      const testing = new AbortController()
      this.#tests.set(browser, testing)
      const reason = await test(browser, testing.signal)
      this.#tests.delete(browser)
      if (reason !== null) this.#retire(browser, reason)
    }
  }

  abortTests(): void {
    for (const testing of this.#tests.values()) testing.abort()
  }

  #browsers(): Browser[] {
    return [this.#spare.browser, ...[...this.#kept].map(({ browser }) => browser)].filter((b) => b !== undefined)
  }

  #retire(browser: Browser, reason: string): void {
    const kept = [...this.#kept].find((k) => k.browser === browser)
    if (kept !== undefined) this.#kept.delete(kept)
    else if (this.#spare.browser === browser) this.#spare.take()
    else return
    retired.inc({ reason })
    this.#log.info({ browser: browser.id, reason }, 'an idle browser is retired')
    this.#leaving.add(browser)
    browser.kill()
  }
}
