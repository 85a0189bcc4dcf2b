import { nothingToHeal, type Fault } from './types.ts'

const FACTS = 400

/** Facts of the journal come again, in another order: what they say must not change. */
export const deliveriesReordered: Fault = {
  kind: 'deliveries_reordered',
  targets: [],
  holdMs: { least: 0, most: 0 },
  group: 'database',
  groupPerTarget: false,
  strikesCreates: false,
  recovery: 'recording',
  inject: async ({ deliveries }, { n }) => {
    const sent = await deliveries.repeatFacts(FACTS, n)
    return { heal: nothingToHeal, happened: async () => sent > 1 }
  },
}
