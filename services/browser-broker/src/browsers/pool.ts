import type { AccountId } from '@surepost/shared/contracts'
import { UnavailableError, messageOf } from '@surepost/shared/errors'
import { gauge } from '@surepost/shared/runtime'
import type { Logger } from 'pino'
import type { Browser } from './browser.ts'
import { type BrowserTest, Idle, retired } from './idle.ts'
import { type Spare, keepSpare } from './spare.ts'
import { type KeepLimits, wearOf, wornBy } from './wear.ts'

/** What the pool does to browsers; each has a deadline of its own. */
export interface PoolPorts {
  /** @throws UnavailableError when none comes up */
  readonly launch: () => Promise<Browser>
  /** Resolves when it answered and nothing is open in it. @throws UnavailableError otherwise */
  readonly seeEmpty: (browser: Browser) => Promise<void>
  /** Memory of its process group, in MiB. */
  readonly memoryOf: (browser: Browser) => Promise<number>
  /** Measuring the memory costs a tenth of a short lease: one measure stands so long. Milliseconds. */
  readonly weighEveryMs: number
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
  /** Have the idle browsers tested, one after the other. Whoever wants one does not wait for its test. */
  check(test: BrowserTest): Promise<void>
  /** Browser processes that exist: leased, ending, kept and the spare. */
  readonly roots: number
  /** Their process groups. */
  readonly groups: ReadonlySet<number>
  /** Those of them that no lease has. */
  readonly idle: number
  /** Launches under way: each may have a process group that is not among `groups` yet. */
  readonly launching: number
}

const TEND_MS = 5_000

const rootsGauge = gauge('surepost_browser_roots', 'Browser processes that exist: leased, ending, kept and the spare.')

/** A lease's browser, also while it is on the way to it or back. */
interface Place {
  readonly account: AccountId
  browser: Browser | undefined
  uses: number
  weighedAt: number
}

class Pool implements BrowserPool {
  readonly #ports: PoolPorts
  readonly #limits: () => PoolLimits
  readonly #living = new Set<Browser>()
  readonly #out = new Set<Place>()
  readonly #spare: Spare
  readonly #idle: Idle
  readonly #stopping = new AbortController()
  readonly #timer: NodeJS.Timeout
  #launching = 0

  constructor(ports: PoolPorts, limits: () => PoolLimits) {
    this.#ports = ports
    this.#limits = limits
    this.#spare = keepSpare(() => this.#startSeen(), ports.log)
    this.#idle = new Idle(this.#spare, ports.log)
    this.#timer = setInterval(() => this.#tend(), TEND_MS)
  }

  get roots(): number {
    return this.#living.size
  }

  get groups(): ReadonlySet<number> {
    return new Set([...this.#living].map(({ pgid }) => pgid))
  }

  get idle(): number {
    return this.#idle.count
  }

  get launching(): number {
    return this.#launching
  }

  async take(account: AccountId): Promise<Browser> {
    const kept = this.#idle.takeKept(account)
    const { uses = 0, weighedAt = 0 } = kept ?? {}
    const place: Place = { account, browser: kept?.browser, uses, weighedAt }
    this.#out.add(place)
    try {
      const again = await this.#ready(place.browser)
      if (again === undefined) Object.assign(place, { uses: 0, weighedAt: 0 })
      place.browser = again ?? (await this.#fresh())
      place.uses += 1
      return place.browser
    } catch (error) {
      this.#out.delete(place)
      throw error
    }
  }

  async giveBack(browser: Browser, clean: boolean): Promise<Left> {
    const place = [...this.#out].find((p) => p.browser === browser)
    if (place === undefined) throw new Error(`the browser ${browser.id} is with no lease`)
    const reason = clean ? await this.#whyNot(place, browser) : 'unclean'
    const kept = reason === null && browser.alive && !this.#stopping.signal.aborted
    if (!kept) {
      retired.inc({ reason: reason ?? 'gone' })
      browser.kill()
    }
    const quietAt = kept ? new Date() : await browser.gone
    this.#out.delete(place)
    if (kept) {
      const { account, uses, weighedAt } = place
      this.#idle.keep({ account, browser, uses, weighedAt, idleSince: quietAt.getTime() })
    }
    return { kept, quietAt }
  }

  check(test: BrowserTest): Promise<void> {
    return this.#idle.check(test)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort()
    clearInterval(this.#timer)
    this.#idle.abortTests()
    await this.#spare[Symbol.asyncDispose]()
    for (const browser of this.#living) browser.kill()
    await Promise.all([...this.#living].map((browser) => browser.gone))
  }

  /** Why a browser may not be kept after a clean lease; null when it may. */
  async #whyNot(place: Place, browser: Browser): Promise<string | null> {
    const { keep } = this.#limits()
    const past = { uses: place.uses, startedAt: browser.startedAt, idleSince: null }
    const early = wornBy(wearOf(past, Date.now()), keep)
    if (early !== null) return early
    try {
      await this.#ports.seeEmpty(browser)
      if (Date.now() - place.weighedAt < this.#ports.weighEveryMs) return null
      place.weighedAt = Date.now()
      return wornBy(wearOf(past, Date.now(), await this.#ports.memoryOf(browser)), keep)
    } catch (error) {
      this.#ports.log.warn({ browser: browser.id, err: messageOf(error) }, 'a browser is not kept after its lease')
      return 'not_empty'
    }
  }

  /** The browser, if it answers and is empty; otherwise it is seen gone. */
  async #ready(browser: Browser | undefined): Promise<Browser | undefined> {
    if (browser === undefined) return undefined
    try {
      await this.#ports.seeEmpty(browser)
      if (browser.alive) return browser
    } catch (error) {
      this.#ports.log.warn({ browser: browser.id, err: messageOf(error) }, 'an idle browser is replaced')
    }
    retired.inc({ reason: 'not_ready' })
    browser.kill()
    await browser.gone
    return undefined
  }

  async #fresh(): Promise<Browser> {
    await this.#makeRoom()
    return (await this.#ready(this.#idle.takeSpare())) ?? this.#start()
  }

  /** What is kept for others goes, the longest idle first, and is seen gone, before there is one browser too many. */
  async #makeRoom(): Promise<void> {
    for (;;) {
      const { slots } = this.#limits()
      const idle = this.#idle
      if (this.#out.size + idle.kept > slots) idle.retireOldest('room')
      if (idle.leaving.size === 0 || this.#out.size + idle.kept + idle.leaving.size <= slots) return
      await Promise.race([...idle.leaving].map((browser) => browser.gone))
    }
  }

  /** Retire what is worn out, and what a lowered limit leaves no room for. */
  #tend(): void {
    const { slots, keep } = this.#limits()
    this.#idle.tend(keep)
    while (this.#idle.kept > 0 && this.#out.size + this.#idle.kept > slots) this.#idle.retireOldest('room')
  }

  /** Looked into for the first time before anybody waits for it. @throws UnavailableError; then it was seen gone */
  async #startSeen(): Promise<Browser> {
    const browser = await this.#ready(await this.#start())
    if (browser === undefined) throw new UnavailableError('browsers', 'A new browser was not seen empty.')
    return browser
  }

  async #start(): Promise<Browser> {
    this.#launching += 1
    const launched = this.#ports.launch().finally(() => (this.#launching -= 1))
    const browser = await launched
    this.#living.add(browser)
    rootsGauge.set(this.#living.size)
    void this.#forget(browser)
    return browser
  }

  async #forget(browser: Browser): Promise<void> {
    await browser.gone
    this.#living.delete(browser)
    this.#idle.forget(browser)
    rootsGauge.set(this.#living.size)
  }
}

/** @param limits asked whenever they are needed: they may change at run time */
export const openPool = (ports: PoolPorts, limits: () => PoolLimits): BrowserPool => new Pool(ports, limits)
