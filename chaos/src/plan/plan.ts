import { spanOf } from '../timing.ts'
import { randomOf } from './random.ts'
import { planFaults } from './schedule.ts'
import type { KindOfFault, Plan, PlannedAccount } from './types.ts'
import { planWork } from './work.ts'

const NAMES = ['ada', 'grace', 'alan', 'radia', 'edith', 'hedy']
/** The first one looks for mentions and answers them. */
const ACCOUNTS: readonly PlannedAccount[] = NAMES.map((id, index) => ({
  id,
  handle: `${id}_ships`,
  answers: index === 0,
}))
const FEWEST_ACCOUNTS = 4
const POSTS_PER_ACCOUNT = 40

/**
 * The accounts of a run. Each publishes one post after the other, so their number says how much is under way at once: at
 * least four, and six for a run of many posts, which is what two cores can drive.
 */
const accountsFor = (posts: number): readonly PlannedAccount[] =>
  ACCOUNTS.slice(0, Math.max(FEWEST_ACCOUNTS, Math.ceil(posts / POSTS_PER_ACCOUNT)))

export interface Wanted {
  readonly seed: number
  readonly posts: number
  readonly faults: number
}

/** Everything that a run will do, from its seed alone. What comes of it depends on the machine; what is done does not. */
export const makePlan = ({ seed, posts, faults }: Wanted, kinds: readonly KindOfFault[]): Plan => {
  const random = randomOf(seed)
  const spanMs = spanOf(posts, faults)
  const accounts = accountsFor(posts)
  return {
    seed,
    spanMs,
    accounts,
    work: planWork(seed, posts, spanMs, accounts, random.fork('work')),
    faults: planFaults(kinds, faults, spanMs, random.fork('faults')),
  }
}

/** How many creates a plan asks for: the segments of its posts, and an answer to each mention. */
export const segmentsIn = ({ work }: Plan): number =>
  work.reduce((sum, item) => sum + (item.kind === 'post' ? item.segments.length : 1), 0)
