import type { MemoryLedger } from '../ledger/ledger.ts'
import type { Parcel } from '../ledger/rows.ts'
import type { Machine } from '../machine.ts'
import type { Rabbit } from '../rabbit.ts'
import type { World } from '../world.ts'

/** Publishes what the ledger has written until it is confirmed, under the same id each time. */
export interface Outbox {
  /** Something may be there. */
  look(): void
}

export const openOutbox = (
  { variant, random, faults }: World,
  rabbit: Rabbit,
  machine: Machine,
  ledger: MemoryLedger,
  arrive: (parcel: Parcel) => void,
): Outbox => {
  let sending = new Set<string>()
  let life = 0
  const send = (parcel: Parcel): void => {
    if (variant.ackFirst === true) {
      ledger.confirmed(parcel.seq)
      if (!faults.step(machine)) return
    }
    sending.add(parcel.id)
    rabbit.publish(
      machine,
      () => arrive(parcel),
      () => {
        if (!faults.step(machine)) return
        sending.delete(parcel.id)
        ledger.confirmed(parcel.seq)
      },
    )
  }
  return {
    look() {
      machine.after(random.tail(2, 200), () => {
        if (life !== machine.life) sending = new Set()
        life = machine.life
        for (const parcel of ledger.rows.outbox) if (!sending.has(parcel.id)) send(parcel)
      })
    },
  }
}
