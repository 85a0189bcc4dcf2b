import { openMeans } from '../../../../services/browser-broker/src/leases/means.ts'
import { type Limits, decideGrants } from '../../../../services/browser-broker/src/leases/schedule.ts'
import type { Waiting } from '../../../../services/browser-broker/src/leases/table.ts'
import type { MemoryLedger } from '../ledger/ledger.ts'
import type { Machine } from '../machine.ts'
import type { World } from '../world.ts'
import type { Holding } from './holding.ts'
import type { Ask, BrokerLease, Refused } from './lease.ts'

/** Where leases are asked for and granted. What waits when the broker dies comes back to the next one. */
export interface Desk {
  receive(ask: Ask): void
  /** Decide anew: something has changed. */
  schedule(): void
  /** Grant from now on, or no more. */
  open(): void
  close(): void
}

type InLine = Ask & Waiting

export const openDesk = (world: World, machine: Machine, ledger: () => MemoryLedger, holding: () => Holding): Desk => {
  const { agenda, random, say, scenario } = world
  const limits: Limits = {
    mostBackground: Infinity,
    slots: scenario.slots,
    readsPerAccount: { alone: 2, besideAct: 1 },
    interactiveHeadStartMs: 15_000,
    meanMs: openMeans().current,
  }
  const asked = new Map<string, Ask>()
  const line = new Map<string, InLine>()
  let isOpen = false
  let scheduledIn = 0
  let timer = 0

  const refuse = (ask: Ask, { reason, retryAt, detail }: Omit<Refused, 'granted'>): void => {
    say(machine.name, () => `refuses a lease of ${ask.account}: ${reason}`)
    asked.delete(ask.requestId)
    machine.after(random.tail(3, 500), () => ask.answer({ granted: false, reason, retryAt, detail }))
  }
  const grant = (ask: Ask): void => {
    const lease = holding().reserve(ask)
    holding().equip(lease, (denied) => {
      if (denied === null) offer(ask, lease)
      else refuse(ask, { reason: denied.denied, retryAt: denied.retryAt, detail: denied.detail })
    })
  }
  const offer = (ask: Ask, lease: BrokerLease): void => {
    say(
      machine.name,
      () => `offers a lease of ${ask.account} until ${Math.round((lease.expiresAt - agenda.now) / 1_000)} s from now`,
    )
    holding().offered(lease)
    machine.after(random.tail(3, 500), () => {
      asked.delete(ask.requestId)
      if (!ask.answer({ granted: true, lease })) holding().end(lease, 'undeliverable')
    })
  }
  const pump = (): void => {
    scheduledIn = 0
    if (!isOpen) return
    const decided = decideGrants({ waiting: [...line.values()], held: holding().held }, agenda.now, limits)
    for (const refusal of decided.refusals) take(refusal.requestId, (ask) => refuse(ask, refusal))
    for (const requestId of decided.grants) take(requestId, grant)
    const of = (timer += 1)
    if (decided.decideAgainAt !== null)
      machine.after(Math.max(1, decided.decideAgainAt - agenda.now), () => of === timer && schedule())
  }
  const take = (requestId: string, then: (ask: Ask) => void): void => {
    const ask = line.get(requestId)
    line.delete(requestId)
    if (ask !== undefined) then(ask)
  }
  const schedule = (): void => {
    if (!machine.up || !isOpen || scheduledIn === machine.life) return
    scheduledIn = machine.life
    machine.after(1, pump)
  }
  const join = (ask: Ask): void => {
    const denied = ledger().ask('gate', ask)
    if (denied !== null) return refuse(ask, { reason: denied.denied, retryAt: denied.retryAt, detail: denied.detail })
    line.set(ask.requestId, { ...ask, receivedAt: agenda.now })
    schedule()
  }
  return {
    receive(ask) {
      asked.set(ask.requestId, ask)
      if (isOpen) machine.after(1, () => asked.has(ask.requestId) && join(ask))
    },
    schedule,
    open() {
      isOpen = true
      say(machine.name, () => 'grants leases')
      for (const ask of asked.values()) join(ask)
    },
    close() {
      isOpen = false
      scheduledIn = 0
      line.clear()
    },
  }
}
