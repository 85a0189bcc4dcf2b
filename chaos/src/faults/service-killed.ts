import { SERVICES } from './services.ts'
import { certainly, targetOf, type Fault } from './types.ts'

/** SIGKILL: nothing is said, nothing is flushed; started again after a while. */
export const serviceKilled: Fault = {
  kind: 'service_killed',
  targets: SERVICES,
  holdMs: { least: 0, most: 6_000 },
  group: 'service',
  groupPerTarget: true,
  strikesCreates: false,
  recovery: 'publishing',
  inject: async ({ services }, planned) => {
    const name = targetOf(planned)
    await services.kill(name)
    return { heal: () => services.start(name), happened: certainly }
  },
}
