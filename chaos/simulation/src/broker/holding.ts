import type { EndCause, LeaseEvent } from '@surepost/shared/contracts'
import { LEASE_TRANSITIONS, type Held } from '../../../../services/browser-broker/src/leases/table.ts'
import type { LeaseDenied } from '../../../../services/browser-broker/src/ledger/decide-lease.ts'
import type { MemoryLedger } from '../ledger/ledger.ts'
import type { Machine } from '../machine.ts'
import type { World } from '../world.ts'
import type { Ask, BrokerLease } from './lease.ts'

/** An offer that is not claimed by then goes to the next in line. */
const CLAIM_MS = 5_000

const heldOf = ({ leaseId, account, class: leaseClass, state, grantedAt, expiresAt }: BrokerLease): Held[] =>
  state === 'closed' ? [] : [{ leaseId, account, class: leaseClass, state, grantedAt, expiresAt }]

/** The leases that take a slot, from the decision to grant to the observed end of their browser. */
export interface Holding {
  readonly held: readonly Held[]
  readonly all: readonly BrokerLease[]
  /** Take slot and account at once. */
  reserve(ask: Ask): BrokerLease
  /** Write it to the ledger and start its browser, then go on with null, or with why the ledger denies it. */
  equip(lease: BrokerLease, then: (denied: LeaseDenied | null) => void): void
  /** From now on it must be claimed in time. */
  offered(lease: BrokerLease): void
  /** @returns false when the offer is over */
  claim(lease: BrokerLease, onOver: NonNullable<BrokerLease['onOver']>): boolean
  end(lease: BrokerLease, cause: EndCause): void
  /** The broker died: nobody holds these any more, and their browsers live on. */
  abandon(): readonly BrokerLease[]
}

export const openHolding = (
  world: World,
  machine: Machine,
  ledger: () => MemoryLedger,
  onClosed: () => void,
): Holding => {
  const { agenda, random, say, scenario } = world
  const leases = new Map<string, BrokerLease>()

  const move = (lease: BrokerLease, event: LeaseEvent): boolean => {
    const next = LEASE_TRANSITIONS[lease.state][event]
    if (next === undefined) return false
    lease.state = next
    return true
  }
  const close = (lease: BrokerLease): void => {
    lease.state = 'closed'
    leases.delete(lease.leaseId)
    onClosed()
  }
  /** Kill, see it gone, write that down, give the slot back: in this order, however long each takes. */
  const end = (lease: BrokerLease, cause: EndCause): void => {
    if (!move(lease, 'ended')) return
    say(machine.name, () => `ends the lease of ${lease.account} (${cause}) and kills its browser`)
    lease.onOver?.(cause)
    agenda.after(random.tail(30, 5_000), () => {
      lease.reach.alive = false
      const goneAt = agenda.now
      machine.after(random.between(1, 10), () => {
        say(machine.name, () => `has seen the browser of ${lease.account} gone`)
        ledger().ask('leaseEnded', lease.leaseId, goneAt, `its lease ended (${cause}) before its outcome was told`)
        close(lease)
      })
    })
  }
  const watch = (lease: BrokerLease): void =>
    machine.after(lease.expiresAt - agenda.now, () => {
      if (agenda.now >= lease.expiresAt) end(lease, 'expired')
      else watch(lease)
    })
  return {
    get held() {
      return [...leases.values()].flatMap(heldOf)
    },
    get all() {
      return [...leases.values()]
    },
    reserve({ account, class: leaseClass, action }) {
      const access = scenario.http.has(account) ? 'http' : 'browser'
      const lease: BrokerLease = {
        leaseId: world.newId(),
        account,
        class: leaseClass,
        action,
        grantedAt: agenda.now,
        state: 'offered',
        expiresAt: agenda.now + CLAIM_MS,
        handle: '',
        reach: { account, access, alive: false, acting: null },
        onOver: undefined,
      }
      leases.set(lease.leaseId, lease)
      return lease
    },
    equip(lease, then) {
      const opened = ledger().ask('openLease', lease)
      if ('denied' in opened) {
        close(lease)
        return then(opened)
      }
      lease.expiresAt = opened.opened.expiresAt
      lease.handle = opened.opened.handle
      machine.after(random.tail(200, 4_000), () => {
        lease.reach.alive = true
        watch(lease)
        then(null)
      })
    },
    offered: (lease) => machine.after(CLAIM_MS, () => lease.state === 'offered' && end(lease, 'unclaimed')),
    claim(lease, onOver) {
      if (!move(lease, 'claimed')) return false
      lease.onOver = onOver
      return true
    },
    end,
    abandon() {
      const left = [...leases.values()]
      leases.clear()
      return left
    },
  }
}
