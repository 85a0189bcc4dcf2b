import type { AccountId } from '@surepost/shared/contracts'
import { messageOf } from '@surepost/shared/errors'
import { counter, gauge } from '@surepost/shared/runtime'
import type { Logger } from 'pino'
import type { Browser } from './browser.ts'
import { type Spare, keepSpare } from './spare.ts'
import { type KeepLimits, type Wear, wornBy } from './wear.ts'

/** What the pool does to browsers; each has a deadline of its own. */
export interface PoolPorts {
  /** @throws UnavailableError when none comes up */
  readonly launch: () => Promise<Browser>
  /** Resolves when it answered and nothing is open in it. @throws UnavailableError otherwise */
  readonly seeEmpty: (browser: Browser) => Promise<void>
  /** Memory of its process group, in MiB. */
  readonly memoryOf: (browser: Browser) => Promise<number>
  readonly log: Logger
}

export interface PoolLimits {
  /** Browsers of leases and those kept for their accounts, together; the spare is one more. */
  readonly slots: number
  readonly keep: KeepLimits
}

/** What became of a browser at the end of its lease. */
export interface Left {
  readonly kept: boolean
  /** When nothing of the lease could act any more: the browser was seen gone, or empty. */
  readonly quietAt: Date
}

/** Browsers for leases. One spare is kept warm; a browser that ended a lease cleanly is kept for the same account. */
export interface BrowserPool extends AsyncDisposable {
  /**
   * The account's kept one, the spare, or a new one: it has just been seen empty. Never one that served another account.
   * @throws UnavailableError when none comes up
   */
  take(account: AccountId): Promise<Browser>
  /** The lease that took it is over. Kept if `clean` is seen to be true and it is not worn out, else seen gone. */
  giveBack(browser: Browser, clean: boolean): Promise<Left>
  /** Browser processes that exist: leased, ending, kept and the spare. */
  readonly roots: number
  /** Browsers without a lease, kept for their accounts or as the spare. */
  readonly idle: number
}

const TEND_MS = 5_000

const rootsGauge = gauge('surepost_browser_roots', 'Browser processes that exist: leased, ending, kept and the spare.')
const retired = counter('surepost_browsers_retired_total', 'Browsers that were not kept (any longer), by reason.', [
  'reason',
])

/** A browser's place among those of leases, for one account and for its whole life. */
interface Place {
  readonly account: AccountId
  browser: Browser | undefined
  uses: number
  idleSince: number
}

class Pool implements BrowserPool {
  readonly #ports: PoolPorts
  readonly #limits: () => PoolLimits
  readonly #living = new Map<Browser, { readonly since: number }>()
  /** In the hands of a lease, or on the way there or back. */
  readonly #out = new Set<Place>()
  /** Seen empty and kept, the longest idle first. */
  readonly #kept = new Set<Place>()
  /** Kept no longer, not seen gone yet. */
  readonly #leaving = new Set<Browser>()
  readonly #stopping = new AbortController()
  readonly #timer: NodeJS.Timeout
  readonly #spare: Spare

  constructor(ports: PoolPorts, limits: () => PoolLimits) {
    this.#ports = ports
    this.#limits = limits
    this.#spare = keepSpare(() => this.#start(), ports.log)
    this.#timer = setInterval(() => this.#tend(), TEND_MS)
  }

  get roots(): number {
    return this.#living.size
  }

  get idle(): number {
    return this.#kept.size + this.#leaving.size + (this.#spare.browser === undefined ? 0 : 1)
  }

  async take(account: AccountId): Promise<Browser> {
    const again = [...this.#kept].findLast((place) => place.account === account)
    const place = again ?? { account, browser: undefined, uses: 0, idleSince: 0 }
    this.#kept.delete(place)
    this.#out.add(place)
    place.idleSince = 0
    try {
      const kept = await this.#ready(place.browser)
      if (kept === undefined) place.uses = 0
      place.browser = kept ?? (await this.#fresh())
      place.uses += 1
      return place.browser
    } catch (error) {
      this.#out.delete(place)
      throw error
    }
  }

  async giveBack(browser: Browser, clean: boolean): Promise<Left> {
    const place = [...this.#out].find((p) => p.browser === browser)
    const reason = clean && place !== undefined ? await this.#whyNot(place, browser) : 'unclean'
    if (reason === null && place !== undefined && browser.alive && !this.#stopping.signal.aborted) {
      this.#out.delete(place)
      this.#kept.add(place)
      place.idleSince = Date.now()
      return { kept: true, quietAt: new Date(place.idleSince) }
    }
    retired.inc({ reason: reason ?? 'gone' })
    browser.kill()
    const quietAt = await browser.gone
    if (place !== undefined) this.#out.delete(place)
    return { kept: false, quietAt }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort()
    clearInterval(this.#timer)
    await this.#spare[Symbol.asyncDispose]()
    for (const browser of this.#living.keys()) browser.kill()
    await Promise.all([...this.#living.keys()].map((browser) => browser.gone))
  }

  /** Why a browser may not be kept after a clean lease; null when it may. */
  async #whyNot(place: Place, browser: Browser): Promise<string | null> {
    const limits = this.#limits().keep
    const early = wornBy(this.#wear(place, 0), limits)
    if (early !== null) return early
    try {
      await this.#ports.seeEmpty(browser)
      return wornBy(this.#wear(place, await this.#ports.memoryOf(browser)), limits)
    } catch (error) {
      this.#ports.log.warn({ browser: browser.id, err: messageOf(error) }, 'a browser is not kept after its lease')
      return 'not_empty'
    }
  }

  #wear({ uses, idleSince, browser }: Place, memoryMiB: number): Wear {
    const now = Date.now()
    const since = browser === undefined ? now : (this.#living.get(browser)?.since ?? now)
    return { uses, ageMs: now - since, idleMs: idleSince === 0 ? 0 : now - idleSince, memoryMiB }
  }

  /** The browser, if it answers and is empty; otherwise it is seen gone. */
  async #ready(browser: Browser | undefined): Promise<Browser | undefined> {
    if (browser === undefined) return undefined
    try {
      await this.#ports.seeEmpty(browser)
      if (browser.alive) return browser
    } catch (error) {
      this.#ports.log.warn({ browser: browser.id, err: messageOf(error) }, 'an idle browser is replaced')
      retired.inc({ reason: 'not_ready' })
    }
    browser.kill()
    await browser.gone
    return undefined
  }

  async #fresh(): Promise<Browser> {
    await this.#makeRoom()
    return (await this.#ready(this.#spare.take())) ?? this.#start()
  }

  /** What is kept for others goes, the longest idle first, and is seen gone, before there is one browser too many. */
  async #makeRoom(): Promise<void> {
    for (;;) {
      const { slots } = this.#limits()
      const [oldest] = this.#kept
      if (this.#out.size + this.#kept.size > slots && oldest !== undefined) this.#retire(oldest, 'room')
      if (this.#leaving.size === 0 || this.#out.size + this.#kept.size + this.#leaving.size <= slots) return
      await Promise.race([...this.#leaving].map((browser) => browser.gone))
    }
  }

  #retire(place: Place, reason: string): void {
    const { browser } = place
    if (!this.#kept.delete(place) || browser === undefined) return
    retired.inc({ reason })
    this.#leaving.add(browser)
    browser.kill()
  }

  /** Retire what is kept and worn out. */
  #tend(): void {
    for (const place of this.#kept) {
      const reason = wornBy(this.#wear(place, 0), this.#limits().keep)
      if (reason !== null) this.#retire(place, reason)
    }
  }

  async #start(): Promise<Browser> {
    const browser = await this.#ports.launch()
    this.#living.set(browser, { since: Date.now() })
    rootsGauge.set(this.#living.size)
    void this.#forget(browser)
    return browser
  }

  async #forget(browser: Browser): Promise<void> {
    await browser.gone
    this.#living.delete(browser)
    this.#leaving.delete(browser)
    rootsGauge.set(this.#living.size)
    for (const place of this.#kept) if (place.browser === browser) this.#kept.delete(place)
  }
}

/** @param limits asked whenever they are needed: they may change at run time */
export const openPool = (ports: PoolPorts, limits: () => PoolLimits): BrowserPool => new Pool(ports, limits)
