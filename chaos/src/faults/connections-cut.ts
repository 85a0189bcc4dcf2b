import { LINKS, linkOf } from './links.ts'
import type { Fault } from './types.ts'

/** Every connection of one link is reset, and new ones are refused for a moment. */
export const connectionsCut: Fault = {
  kind: 'connections_cut',
  targets: LINKS,
  holdMs: { least: 0, most: 4_000 },
  group: 'link',
  groupPerTarget: true,
  strikesCreates: false,
  recovery: 'publishing',
  inject: async (context, planned) => {
    const link = linkOf(context, planned)
    const cut = link.cut()
    return { heal: async () => link.restore(), happened: async () => cut > 0 }
  },
}
