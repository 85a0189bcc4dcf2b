import { certainly, type Fault } from './types.ts'

export const postgrestKilled: Fault = {
  kind: 'postgrest_killed',
  targets: [],
  holdMs: { least: 1_000, most: 8_000 },
  group: 'database',
  groupPerTarget: false,
  strikesCreates: false,
  recovery: 'recording',
  inject: async ({ dependencies }) => {
    await dependencies.stop('postgrest', { hard: true })
    return { heal: () => dependencies.start('postgrest'), happened: certainly }
  },
}
