import { LATE_ANSWER_MS } from '../timing.ts'
import { plantOnSite } from './site-fault.ts'
import { nothingToHeal, type Fault } from './types.ts'

/**
 * SIGKILL of the browsers that are leased. Every second time at the worst moment there is: the create was sent, and
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
    const struckAction = (await late?.happened()) === true
    const killed = await context.services.killBrowsers()
    return { heal: nothingToHeal, happened: async () => killed > 0, ...(struckAction ? { struckAction } : {}) }
  },
}
