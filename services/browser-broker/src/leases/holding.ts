import type { EndCause, LeaseClass, WantedAction } from '@surepost/shared/contracts'
import { UnavailableError, messageOf } from '@surepost/shared/errors'
import { counter, pause, within } from '@surepost/shared/runtime'
import type { Logger } from 'pino'
import type { BrowserPool } from '../browsers/pool.ts'
import type { LeaseDenied } from '../ledger/decide-lease.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { type LiveLease, heldOf, move, reserved } from './lease.ts'
import type { Held, Waiting } from './table.ts'

export interface HoldingPorts {
  readonly ledger: Pick<Ledger, 'ask'>
  readonly pool: Pick<BrowserPool, 'take' | 'giveBack'>
  readonly log: Logger
  /** An offer that is not claimed within this is closed. */
  readonly claimMs: () => number
  /** A lease was closed: its slot and its account are free. `ms` is how long it lasted, null if it never had a browser. */
  readonly onClosed: (leaseClass: LeaseClass, ms: number | null) => void
  /** Told of every transition of every lease; neither throws nor waits. */
  readonly onMoved: LiveLease['onMoved']
}

const WRITE_AGAIN_MS = 1_000
/** A driver connection that takes longer to close has something under way: then its browser is killed. */
const DRIVER_CLOSE_MS = 3_000

const endedTotal = counter('surepost_leases_ended_total', 'Leases by class and cause of their end.', ['class', 'cause'])

/** The leases that take a slot, from the decision to grant until their browser was seen gone, or empty and kept. */
export class Holding {
  readonly #ports: HoldingPorts
  readonly #leases = new Map<string, LiveLease>()
  readonly #stopping = new AbortController()

  constructor(ports: HoldingPorts) {
    this.#ports = ports
  }

  get held(): Held[] {
    return [...this.#leases.values()].flatMap(heldOf)
  }

  find(leaseId: string): LiveLease | undefined {
    return this.#leases.get(leaseId)
  }

  /** Take slot and account, in the same tick. */
  reserve(request: Pick<Waiting, 'account' | 'class' | 'receivedAt'>): LiveLease {
    const { claimMs, onMoved } = this.#ports
    const lease = reserved(request, Date.now() + claimMs(), onMoved)
    this.#leases.set(lease.leaseId, lease)
    return lease
  }

  /**
   * Write the lease to the ledger and give it a browser.
   * @param action what it was asked for
   * @returns null, or why the ledger denies it (the lease is closed then)
   * @throws UnavailableError when the ledger or a browser cannot be had; the lease is still to be ended
   */
  async equip(lease: LiveLease, action?: WantedAction): Promise<LeaseDenied | null> {
    const { leaseId, account } = lease
    const opened = await this.#ports.ledger.ask('openLease', { leaseId, account, class: lease.class, action })
    if ('denied' in opened) {
      move(lease, 'ended', 'denied')
      this.#close(lease, 'gone', null)
      return opened
    }
    // Ended meanwhile (shutdown): its end does not wait for a browser that it does not know of.
    if (lease.state !== 'offered')
      throw new UnavailableError('browser-broker', 'The lease ended before it was offered.')
    Object.assign(lease, opened.opened)
    lease.browser = this.#ports.pool.take(account)
    const browser = await lease.browser
    lease.ending.signal.throwIfAborted()
    this.#expire(lease)
    void browser.gone.then(() => this.end(lease, 'browser_crash'))
    return null
  }

  /** From now on it must be claimed in time. */
  offered(lease: LiveLease): void {
    const timer = setTimeout(() => {
      if (lease.state === 'offered') void this.end(lease, 'unclaimed')
    }, this.#ports.claimMs())
    lease.ending.signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
  }

  /** Resolves when it is closed. The first cause stands. */
  end(lease: LiveLease, cause: EndCause): Promise<void> {
    if (move(lease, 'ended', cause)) {
      const { leaseId, account } = lease
      this.#ports.log.info({ leaseId, account, cause }, 'lease ending')
      lease.ending.abort(new Error(cause))
      void this.#finish(lease, cause)
    }
    return lease.closed.promise
  }

  async allClosed(): Promise<void> {
    await Promise.all([...this.#leases.values()].map((lease) => lease.closed.promise))
  }

  /** End all. An end that the ledger cannot write any more is written by its recovery at the next start. */
  async endAll(cause: EndCause): Promise<void> {
    this.#stopping.abort()
    await Promise.all([...this.#leases.values()].map((lease) => this.end(lease, cause)))
  }

  /** See that nothing of it can act any more, write that down, give the slot back: in this order, however long each takes. */
  async #finish(lease: LiveLease, cause: EndCause): Promise<void> {
    const { leaseId, account, class: leaseClass } = lease
    const browser = await lease.browser?.catch(() => undefined)
    const clean = cause === 'released' && lease.clean && (await driverIsClosed(lease))
    const left = browser === undefined ? undefined : await this.#ports.pool.giveBack(browser, clean)
    await this.#writeEnd(leaseId, left?.quietAt ?? new Date(), cause)
    const ms = Date.now() - lease.grantedAt
    endedTotal.inc({ class: leaseClass, cause })
    this.#close(lease, left?.kept === true ? 'kept' : 'gone', browser === undefined ? null : ms)
    this.#ports.log.info({ leaseId, account, cause, ms, kept: left?.kept ?? false }, 'lease closed')
  }

  async #writeEnd(leaseId: string, goneAt: Date, cause: EndCause): Promise<void> {
    const { ledger, log } = this.#ports
    const reason = `its lease ended (${cause}) before its outcome was told`
    for (;;) {
      try {
        await ledger.ask('leaseEnded', leaseId, goneAt.getTime(), reason)
        return
      } catch (error) {
        log.error(
          { leaseId, err: messageOf(error) },
          'the end of a lease could not be written: its account stays taken',
        )
        if (!(await pause(WRITE_AGAIN_MS, this.#stopping.signal))) return
      }
    }
  }

  #expire(lease: LiveLease): void {
    const arm = (): NodeJS.Timeout =>
      setTimeout(
        () => {
          // It may have been renewed meanwhile.
          if (Date.now() >= lease.expiresAt) void this.end(lease, 'expired')
          else timer = arm()
        },
        Math.max(1, lease.expiresAt - Date.now()),
      )
    let timer = arm()
    lease.ending.signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
  }

  #close(lease: LiveLease, event: 'gone' | 'kept', ms: number | null): void {
    move(lease, event)
    this.#leases.delete(lease.leaseId)
    lease.closed.resolve()
    this.#ports.onClosed(lease.class, ms)
  }
}

const driverIsClosed = async ({ driver }: LiveLease): Promise<boolean> => {
  try {
    await within(driver ?? Promise.resolve(), DRIVER_CLOSE_MS, () => new Error('late'))
    return true
  } catch {
    return false
  }
}
