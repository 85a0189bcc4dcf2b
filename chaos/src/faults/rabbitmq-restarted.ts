import { certainly, type Fault } from './types.ts'

/** A stop in good order, which closes every connection with a reason, and a start. */
export const rabbitmqRestarted: Fault = {
  kind: 'rabbitmq_restarted',
  targets: [],
  holdMs: { least: 0, most: 2_000 },
  group: 'rabbitmq',
  groupPerTarget: false,
  strikesCreates: false,
  recovery: 'publishing',
  inject: async ({ dependencies }) => {
    await dependencies.stop('rabbitmq', { hard: false })
    return { heal: () => dependencies.start('rabbitmq'), happened: certainly }
  },
}
