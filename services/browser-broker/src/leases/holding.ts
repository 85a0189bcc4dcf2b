import { type AccountId, type LeaseClass, newId } from '@surepost/shared/contracts'
import { messageOf } from '@surepost/shared/errors'
import { counter, pause } from '@surepost/shared/runtime'
import type { Logger } from 'pino'
import type { BrowserPool } from '../browsers/pool.ts'
import type { LeaseDenied } from '../ledger/decide-lease.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { newTicket } from './grant.ts'
import { type LiveLease, heldOf, move } from './lease.ts'
import type { EndCause, Held } from './table.ts'

export interface HoldingPorts {
  readonly ledger: Ledger
  readonly pool: BrowserPool
  readonly log: Logger
  /** An offer that is not claimed within this is closed. */
  readonly claimMs: number
  /** A lease was closed: its slot and its account are free. `ms` is how long it lasted, null if it never had a browser. */
  readonly onClosed: (leaseClass: LeaseClass, ms: number | null) => void
}

/** The leases that take a slot, from the decision to grant to the observed end of their browser. */
export interface Holding {
  readonly held: readonly Held[]
  find(leaseId: string): LiveLease | undefined
  /** Take slot and account, in the same tick. */
  reserve(account: AccountId, leaseClass: LeaseClass): LiveLease
  /** Write the lease to the ledger and give it a browser. @returns null, or why the ledger denies it (the lease is closed) */
  equip(lease: LiveLease): Promise<LeaseDenied | null>
  /** From now on it must be claimed in time. */
  offered(lease: LiveLease): void
  /** Resolves when it is closed. The first cause stands. */
  end(lease: LiveLease, cause: EndCause): Promise<void>
  /** End all, and take no more trouble to write their ends than the ledger allows: its next start does it. */
  endAll(cause: EndCause): Promise<void>
}

const WRITE_AGAIN_MS = 1_000

export const openHolding = (ports: HoldingPorts): Holding => {
  const { ledger, pool, log } = ports
  const leases = new Map<string, LiveLease>()
  const stopping = new AbortController()
  const ended = counter('surepost_leases_ended_total', 'Leases by class and cause of their end.', ['class', 'cause'])

  const close = (lease: LiveLease, ms: number | null): void => {
    lease.state = 'closed'
    leases.delete(lease.leaseId)
    lease.closed.resolve()
    ports.onClosed(lease.class, ms)
  }
  const end = (lease: LiveLease, cause: EndCause): Promise<void> => {
    if (move(lease, 'ended')) {
      const { leaseId, account } = lease
      log.info({ leaseId, account, cause }, 'lease ending')
      lease.ending.abort(new Error(cause))
      void finish(lease, cause)
    }
    return lease.closed.promise
  }
  /** Kill, see it gone, write that down, give the slot back: in this order, however long each takes. */
  const finish = async (lease: LiveLease, cause: EndCause): Promise<void> => {
    const { leaseId, account, class: leaseClass } = lease
    const browser = await lease.browser?.catch(() => undefined)
    browser?.kill()
    const goneAt = (await browser?.gone) ?? new Date()
    await writeEnd(leaseId, goneAt, cause)
    const ms = Date.now() - lease.grantedAt
    close(lease, browser === undefined ? null : ms)
    ended.inc({ class: leaseClass, cause })
    log.info({ leaseId, account, cause, ms }, 'lease closed')
  }
  const writeEnd = async (leaseId: string, goneAt: Date, cause: EndCause): Promise<void> => {
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
        if (!(await pause(WRITE_AGAIN_MS, stopping.signal))) return
      }
    }
  }
  const watch = (lease: LiveLease): void => {
    const { signal } = lease.ending
    const arm = (): NodeJS.Timeout =>
      setTimeout(
        () => {
          if (Date.now() >= lease.expiresAt) void end(lease, 'expired')
          else timer = arm()
        },
        Math.max(1, lease.expiresAt - Date.now()),
      )
    let timer = arm()
    signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
  }

  return {
    get held() {
      return [...leases.values()].flatMap(heldOf)
    },
    find: (leaseId) => leases.get(leaseId),
    reserve(account, leaseClass) {
      const lease = newLease(account, leaseClass, Date.now() + ports.claimMs)
      leases.set(lease.leaseId, lease)
      return lease
    },
    async equip(lease) {
      const { leaseId, account } = lease
      const opened = await ledger.ask('openLease', { leaseId, account, class: lease.class })
      if ('denied' in opened) {
        close(lease, null)
        return opened
      }
      Object.assign(lease, opened.opened)
      lease.browser = pool.take()
      const browser = await lease.browser
      watch(lease)
      void browser.gone.then(() => end(lease, 'browser_crash'))
      return null
    },
    offered(lease) {
      const timer = setTimeout(() => lease.state === 'offered' && void end(lease, 'unclaimed'), ports.claimMs)
      lease.ending.signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
    },
    end,
    async endAll(cause) {
      stopping.abort()
      await Promise.all([...leases.values()].map((lease) => end(lease, cause)))
    },
  }
}

const newLease = (account: AccountId, leaseClass: LeaseClass, expiresAt: number): LiveLease => ({
  leaseId: newId(),
  account,
  class: leaseClass,
  state: 'offered',
  grantedAt: Date.now(),
  expiresAt,
  fence: 0,
  platform: 'x',
  handle: '',
  ticket: newTicket(),
  browser: undefined,
  sessionGiven: false,
  ending: new AbortController(),
  closed: Promise.withResolvers(),
})
