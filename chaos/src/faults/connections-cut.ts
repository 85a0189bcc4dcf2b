import { until } from '../run/until.ts'
import { LINKS, linkOf } from './links.ts'
import type { Fault } from './types.ts'

/** Leases come and go: while there is none, there is nothing to cut. */
const SOMETHING_WITHIN_MS = 15_000

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
    const open = async (): Promise<boolean> => link.connections > 0
    await until(open, { withinMs: SOMETHING_WITHIN_MS, everyMs: 50, signal: context.signal })
    const cut = link.cut()
    return { heal: async () => link.restore(), happened: async () => cut > 0 }
  },
}
