import { nothingToHeal, type Fault } from './types.ts'

const POSTS = 6
const COPIES = 1

/** Commands to publish come again, of posts that wait, are being published, are live, cancelled or refused. */
export const deliveriesDuplicated: Fault = {
  kind: 'deliveries_duplicated',
  targets: [],
  holdMs: { least: 0, most: 0 },
  // Both read the journal: while Postgres is stopped there is none.
  group: 'database',
  groupPerTarget: false,
  strikesCreates: false,
  recovery: 'publishing',
  inject: async ({ deliveries }) => {
    const sent = await deliveries.repeatCommands(POSTS, COPIES)
    return { heal: nothingToHeal, happened: async () => sent > 0 }
  },
}
