import { LATE_ANSWER_MS } from '../timing.ts'
import { plantOnSite } from './site-fault.ts'
import { nothingToHeal, type Fault } from './types.ts'

/** A strike is seen this much later than it came at most. */
const SEEN_LATER_MS = 500

/**
 * SIGKILL of every browser: leased, kept for its account, spare. Every second time at the worst moment there is: the create was sent, and
 * takes effect seconds after its browser is gone.
 */
export const chromiumKilled: Fault = {
  kind: 'chromium_killed',
  targets: [],
  holdMs: { least: 0, most: 0 },
  group: 'site',
  groupPerTarget: false,
  strikesCreates: false,
  recovery: 'publishing',
  inject: async (context, { n }) => {
    const late = n % 2 === 0 ? await plantOnSite(context, [{ kind: 'delay', count: 1, delayMs: LATE_ANSWER_MS }]) : null
    const struckAt = (await late?.happened()) === true ? Date.now() : null
    const killed = await context.services.killBrowsers()
    // Later than that the create had taken effect, and its browser may have been another one.
    const inTime = struckAt !== null && Date.now() - struckAt < LATE_ANSWER_MS - SEEN_LATER_MS
    return { heal: nothingToHeal, happened: async () => killed > 0, ...(inTime ? { struckAction: true } : {}) }
  },
}
