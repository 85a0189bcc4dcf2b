import type { Standing } from '../../../../services/browser-broker/src/ledger/upkeep.ts'
import type { MemoryLedger } from '../ledger/ledger.ts'
import type { Machine } from '../machine.ts'
import type { Rabbit } from '../rabbit.ts'

/** How far the ledger of this shard has got, kept in a queue of one place for whoever starts next. */
export interface KeptStanding {
  readonly said: Standing | undefined
  /** Keep how far it has got now, then go on. */
  keep(then: () => void): void
}

export const openStanding = (rabbit: Rabbit, machine: Machine, ledger: () => MemoryLedger): KeptStanding => {
  let said: Standing | undefined
  return {
    get said() {
      return said
    },
    keep(then) {
      const { life } = machine
      const standing = ledger().standing()
      let confirmed = false
      rabbit.publish(
        machine,
        // One process keeps one at a time: what arrives late is the one that stands already.
        () => {
          if (!confirmed && machine.life === life) said = standing
        },
        () => {
          confirmed = true
          then()
        },
      )
    },
  }
}
