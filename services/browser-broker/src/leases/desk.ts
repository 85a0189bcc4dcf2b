import type { LeaseAnswer, LeaseClass } from '@surepost/shared/contracts'
import { messageOf } from '@surepost/shared/errors'
import { type Bus, UnroutableError } from '@surepost/shared/messaging'
import { counter, histogram, pause, within } from '@surepost/shared/runtime'
import type { Logger } from 'pino'
import type { BrowserPool } from '../browsers/pool.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { type Arrivals, openArrivals } from './arrivals.ts'
import { askerIsThere } from './asker.ts'
import type { LeaseEvents } from './events.ts'
import { Holding } from './holding.ts'
import type { LiveLease } from './lease.ts'
import { type Admission, mostBackground } from './admission.ts'
import type { BrokerLimits, LimitsStore } from './limits.ts'
import { type InLine, type Refusal, type Served, openLine } from './line.ts'
import { openMeans } from './means.ts'
import { type Limits, decideGrants } from './schedule.ts'
import { type Yielding, openYielding } from './yielding.ts'

export interface DeskPorts {
  readonly bus: Pick<Bus, 'reply'>
  readonly ledger: Pick<Ledger, 'ask'>
  readonly pool: Pick<BrowserPool, 'take' | 'giveBack'>
  readonly log: Logger
  readonly limits: LimitsStore
  readonly events: LeaseEvents
  /** What the machine bears; asked at every decision. */
  readonly admission: () => Admission
  /** Why the platform cannot be reached, if it cannot; asked at every decision. */
  readonly reach: { readonly away: string | undefined }
  /** Where holders reach the proxy: `ws://host:port`. */
  readonly publicUrl: string
}

const MOST_FAILURES = 3
const RETRY_MS = 5_000
const LOOK_FOR_ASKERS_MS = 5_000

const waited = histogram('surepost_lease_wait_seconds', 'How long granted requests waited.', ['class'])
const refusedTotal = counter('surepost_lease_refusals_total', 'Lease requests refused.', ['class', 'reason'])

/** The desk where leases are asked for and granted. Disposing of it ends every lease. */
export class Desk implements AsyncDisposable {
  readonly line = openLine()
  readonly holding: Holding
  readonly #ports: DeskPorts
  readonly #yielding: Yielding
  readonly #means = openMeans()
  readonly #arrivals: Arrivals
  readonly #stopping = new AbortController()
  #scheduled = false
  #timer: NodeJS.Timeout | undefined

  constructor(ports: DeskPorts) {
    this.#ports = ports
    this.#arrivals = openArrivals(ports)
    const { ledger, pool, log, limits, events } = ports
    const onClosed = (leaseClass: LeaseClass, ms: number | null): void => {
      if (ms !== null) this.#means.add(leaseClass, ms)
      this.#schedule()
    }
    const claimMs = (): number => limits.current.claimMs
    this.holding = new Holding({ ledger, pool, log, claimMs, onClosed, onMoved: events.moved })
    this.#yielding = openYielding({ holding: this.holding, log })
    limits.onChanged(() => this.#schedule())
    void this.#watchAskers()
  }

  get #open(): boolean {
    return !this.#stopping.signal.aborted
  }

  /** What decisions depend on, now. */
  get limits(): Limits & BrokerLimits {
    const { limits, admission, reach } = this.#ports
    const outside = { mostBackground: mostBackground(admission()), platformAway: reach.away }
    return { ...limits.current, ...outside, meanMs: this.#means.current }
  }

  /** Requests whose askers are looked for. */
  get arriving(): number {
    return this.#arrivals.all.length
  }

  /** Decide again: something outside has changed. */
  reconsider(): void {
    this.#schedule()
  }

  /** Put a request in line. Resolves when it was answered; with `gone` when its message must be handed back. */
  async receive(request: InLine, signal: AbortSignal): Promise<Served> {
    if (!this.#open || signal.aborted) return 'gone'
    void this.#arrive(request)
    const leave = (): void => this.#handBack(request)
    signal.addEventListener('abort', leave, { once: true })
    return request.served.promise.finally(() => signal.removeEventListener('abort', leave))
  }

  async refuse(request: InLine, { reason, retryAt, detail }: Refusal): Promise<void> {
    const { requestId, account, class: leaseClass, receivedAt } = request
    refusedTotal.inc({ class: leaseClass, reason })
    this.#ports.log.info({ requestId, account, class: leaseClass, reason }, 'lease refused')
    const waitedMs = Math.max(0, Date.now() - receivedAt)
    this.#ports.events.refused({ requestId, account, class: leaseClass, reason, retryAt, waitedMs })
    await this.#answer(request, {
      answer: 'refused',
      requestId,
      reason,
      retryAt: new Date(retryAt).toISOString(),
      detail,
    })
  }

  /** Grant no more: what is in line is handed back. */
  close(): void {
    this.#stopping.abort()
    clearTimeout(this.#timer)
    for (const request of [...this.line.waiting, ...this.#arrivals.all]) this.#handBack(request)
  }

  /** Grant no more, and let the leases in hand end by themselves for a while. */
  async drain(ms: number): Promise<void> {
    this.close()
    await within(this.holding.allClosed(), ms, () => new Error('late')).catch(() => {})
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
    await this.holding.endAll('shutdown')
  }

  /** A request dies with its asker, also in the middle of the line: nobody behind it is told to wait for it. */
  async #watchAskers(): Promise<void> {
    const look = async (request: InLine): Promise<void> => {
      if (!(await askerIsThere(this.#ports, request)) && this.line.leave(request)) await this.#arrive(request)
    }
    while (await pause(LOOK_FOR_ASKERS_MS, this.#stopping.signal)) await Promise.all(this.line.waiting.map(look))
  }

  #handBack(request: InLine): void {
    if (this.#arrivals.turnAway(request) || this.line.leave(request)) request.served.resolve('gone')
  }

  /** Put a request in line once whoever asked is known to be there; without an asker there is nothing to answer. */
  async #arrive(request: InLine): Promise<void> {
    if (!this.#open) return request.served.resolve('gone')
    const end = await this.#arrivals.arrive(request)
    if (end === 'turned away') return
    if (end === 'there') {
      this.line.join(request)
      return this.#schedule()
    }
    const { requestId, account } = request
    this.#ports.log.info({ requestId, account }, 'the asker is gone')
    request.served.resolve('answered')
  }

  /** Decide once for everything that happened in this turn of the event loop. */
  #schedule(): void {
    if (this.#scheduled || !this.#open) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      if (this.#open) this.#pump()
    })
  }

  #pump(): void {
    const now = Date.now()
    const decided = decideGrants({ waiting: this.line.waiting, held: this.holding.held }, now, this.limits)
    for (const refusal of decided.refusals) {
      const request = this.line.take(refusal.requestId)
      if (request !== undefined) void request.within(() => this.refuse(request, refusal))
    }
    for (const requestId of decided.grants) {
      const request = this.line.take(requestId)
      if (request !== undefined) void request.within(() => this.#grant(request))
    }
    const again = Math.min(
      decided.decideAgainAt ?? Infinity,
      this.#yielding.ask(this.line.waiting, now, this.limits) ?? Infinity,
    )
    clearTimeout(this.#timer)
    if (Number.isFinite(again)) this.#timer = setTimeout(() => this.#schedule(), Math.max(1, again - now))
  }

  async #grant(request: InLine): Promise<void> {
    const lease = this.holding.reserve(request)
    try {
      if (!(await askerIsThere(this.#ports, request))) {
        void this.holding.end(lease, 'undeliverable')
        return await this.#arrive(request)
      }
      const denied = await this.holding.equip(lease, request.action)
      if (denied === null) await this.#offer(request, lease)
      else await this.refuse(request, { reason: denied.denied, retryAt: denied.retryAt, detail: denied.detail })
    } catch (error) {
      this.#ports.log.error({ err: messageOf(error), account: request.account }, 'a lease could not be granted')
      void this.holding.end(lease, 'no_browser')
      await this.#again(request)
    }
  }

  async #offer(request: InLine, lease: LiveLease): Promise<void> {
    const { leaseId, fence, ticket, account, class: leaseClass } = lease
    const base = `${this.#ports.publicUrl}/leases/${leaseId}`
    this.holding.offered(lease)
    const told = await this.#answer(request, {
      answer: 'granted',
      requestId: request.requestId,
      leaseId,
      fence,
      endpoint: `${base}/driver`,
      control: `${base}/control`,
      token: ticket.token,
      expiresAt: new Date(lease.expiresAt).toISOString(),
    })
    if (!told) return this.holding.end(lease, 'undeliverable')
    waited.observe({ class: leaseClass }, (Date.now() - request.receivedAt) / 1_000)
    this.#ports.log.info({ leaseId, account, class: leaseClass, fence }, 'lease offered')
  }

  /** Without a browser the request goes back in line, a few times. */
  async #again(request: InLine): Promise<void> {
    request.failures += 1
    if (!this.#open) return request.served.resolve('gone')
    if (request.failures < MOST_FAILURES && request.startBy > Date.now()) return this.line.join(request)
    await this.refuse(request, {
      reason: 'pressure',
      retryAt: Date.now() + RETRY_MS,
      detail: 'No browser could be started.',
    })
  }

  /** @returns false when the asker is gone or cannot be reached: its message is settled all the same */
  async #answer(request: InLine, body: LeaseAnswer): Promise<boolean> {
    const { requestId, account } = request
    try {
      await this.#ports.bus.reply(request.replyTo, body)
      return true
    } catch (error) {
      if (error instanceof UnroutableError) this.#ports.log.info({ requestId, account }, 'the asker is gone')
      else this.#ports.log.warn({ requestId, account, err: messageOf(error) }, 'the asker could not be answered')
      return false
    } finally {
      request.served.resolve('answered')
    }
  }
}
