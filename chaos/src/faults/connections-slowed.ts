import { LINKS, linkOf } from './links.ts'
import type { Fault } from './types.ts'

/** A round trip takes a third of a second more: dozens of them make up one publish. */
const SLOWER_MS = 150

/** One link becomes slow for a while, for the connections that are open as well. */
export const connectionsSlowed: Fault = {
  kind: 'connections_slowed',
  targets: LINKS,
  holdMs: { least: 4_000, most: 12_000 },
  group: 'link',
  groupPerTarget: true,
  strikesCreates: false,
  recovery: 'publishing',
  inject: async (context, planned) => {
    const link = linkOf(context, planned)
    link.slow(SLOWER_MS)
    return { heal: async () => link.restore(), happened: async () => link.heldUp > 0 }
  },
}
