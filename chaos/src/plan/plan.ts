import { spanOf } from '../timing.ts'
import { randomOf } from './random.ts'
import { planFaults } from './schedule.ts'
import type { KindOfFault, Plan, PlannedAccount } from './types.ts'
import { planWork } from './work.ts'

/** Four, so that more posts are under way at once than there are browsers. */
const ACCOUNTS: readonly PlannedAccount[] = [
  { id: 'ada', handle: 'ada_ships', answers: true },
  { id: 'grace', handle: 'grace_ships', answers: false },
  { id: 'alan', handle: 'alan_ships', answers: false },
  { id: 'radia', handle: 'radia_ships', answers: false },
]

export interface Wanted {
  readonly seed: number
  readonly posts: number
  readonly faults: number
}

/** Everything that a run will do, from its seed alone. What comes of it depends on the machine; what is done does not. */
export const makePlan = ({ seed, posts, faults }: Wanted, kinds: readonly KindOfFault[]): Plan => {
  const random = randomOf(seed)
  const spanMs = spanOf(posts, faults)
  return {
    seed,
    spanMs,
    accounts: ACCOUNTS,
    work: planWork(seed, posts, spanMs, ACCOUNTS, random.fork('work')),
    faults: planFaults(kinds, faults, spanMs, random.fork('faults')),
  }
}

/** How many creates a plan asks for: the segments of its posts, and an answer to each mention. */
export const segmentsIn = ({ work }: Plan): number =>
  work.reduce((sum, item) => sum + (item.kind === 'post' ? item.segments.length : 1), 0)
