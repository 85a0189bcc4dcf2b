import { SERVICES } from './services.ts'
import { certainly, targetOf, type Fault } from './types.ts'

/**
 * SIGSTOP, and SIGCONT after its lease is over: a holder is taken for lost after 6 s without a pong, so that one that
 * goes on afterwards meets a fence.
 */
export const serviceFrozen: Fault = {
  kind: 'service_frozen',
  targets: SERVICES,
  holdMs: { least: 7_000, most: 15_000 },
  group: 'service',
  groupPerTarget: true,
  strikesCreates: false,
  recovery: 'publishing',
  inject: async ({ services }, planned) => {
    const name = targetOf(planned)
    await services.freeze(name)
    return { heal: () => services.thaw(name), happened: certainly }
  },
}
