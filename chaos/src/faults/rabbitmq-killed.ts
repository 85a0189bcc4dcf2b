import { certainly, type Fault } from './types.ts'

/** SIGKILL of the whole broker: what was confirmed must be there when it is back. */
export const rabbitmqKilled: Fault = {
  kind: 'rabbitmq_killed',
  targets: [],
  holdMs: { least: 500, most: 5_000 },
  group: 'rabbitmq',
  groupPerTarget: false,
  strikesCreates: false,
  recovery: 'publishing',
  inject: async ({ dependencies }) => {
    await dependencies.stop('rabbitmq', { hard: true })
    return { heal: () => dependencies.start('rabbitmq'), happened: certainly }
  },
}
