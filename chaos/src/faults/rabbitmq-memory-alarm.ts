import { certainly, type Fault } from './types.ts'

/** Publishers are blocked by back-pressure while it lasts; consumers are not. */
export const rabbitmqMemoryAlarm: Fault = {
  kind: 'rabbitmq_memory_alarm',
  targets: [],
  holdMs: { least: 3_000, most: 12_000 },
  group: 'rabbitmq',
  groupPerTarget: false,
  strikesCreates: false,
  recovery: 'publishing',
  inject: async ({ dependencies }) => {
    await dependencies.raiseMemoryAlarm()
    return { heal: () => dependencies.clearMemoryAlarm(), happened: certainly }
  },
}
