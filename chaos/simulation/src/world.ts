import type { Agenda } from './agenda.ts'
import type { Faults } from './faults.ts'
import type { Say } from './journal.ts'
import type { Random } from './random.ts'
import type { Scenario } from './scenario.ts'
import type { Variant } from './variants/variant.ts'

/** What every part of one schedule shares. */
export interface World {
  readonly agenda: Agenda
  readonly random: Random
  readonly say: Say
  readonly scenario: Scenario
  readonly variant: Variant
  readonly faults: Faults
  /** A new id, UUID-shaped; the same in every run of the seed. */
  readonly newId: () => string
  /** A promise was settled: what waits for it runs before the next event. */
  readonly wake: () => void
}

export const clockOf =
  ({ agenda }: World) =>
  (): Date =>
    new Date(agenda.now)
