import type { MemoryLedger } from '../ledger/ledger.ts'
import type { Parcel } from '../ledger/rows.ts'
import type { Machine } from '../machine.ts'
import type { Rabbit } from '../rabbit.ts'
import type { World } from '../world.ts'
import type { KeptStanding } from './standing.ts'

/** Publishes what the ledger has written until it is confirmed, under the same id each time. */
export interface Outbox {
  /** Something may be there. */
  look(): void
  /** Once all that is written now is confirmed; never if the process dies before. */
  told(then: () => void): void
}

export const openOutbox = (
  { variant, random, faults }: World,
  rabbit: Rabbit,
  machine: Machine,
  ledger: MemoryLedger,
  standing: KeptStanding,
  arrive: (parcel: Parcel) => void,
): Outbox => {
  let sending = new Set<string>()
  let life = 0
  const send = (parcel: Parcel): void => {
    if (variant.ackFirst === true) {
      ledger.confirmed(parcel.seq)
      if (!faults.step(machine)) return
    }
    rabbit.publish(
      machine,
      () => arrive(parcel),
      () => {
        if (!faults.step(machine)) return
        sending.delete(parcel.id)
        ledger.confirmed(parcel.seq)
        tell()
      },
    )
  }
  /** What is told is never ahead of the standing that is kept. */
  const round = (): void => {
    if (life !== machine.life) sending = new Set()
    life = machine.life
    const parcels = ledger.rows.outbox.filter(({ id }) => !sending.has(id))
    if (parcels.length === 0) return
    for (const { id } of parcels) sending.add(id)
    standing.keep(() => {
      for (const parcel of parcels) send(parcel)
    })
  }
  /** Those who wait for what was written up to a number. */
  let waiting: { readonly seq: number; readonly of: number; readonly go: () => void }[] = []
  const tell = (): void => {
    const first = Math.min(...ledger.rows.outbox.map(({ seq }) => seq))
    const ready = waiting.filter(({ seq }) => seq < first)
    waiting = waiting.filter(({ seq }) => seq >= first)
    for (const { of, go } of ready) if (of === machine.life) go()
  }
  const told = (go: () => void): void => {
    waiting.push({ seq: ledger.rows.seq, of: machine.life, go })
    tell()
  }
  return { told, look: () => machine.after(random.tail(2, 200), round) }
}
