import { certainly, type Fault } from './types.ts'

/** SIGKILL of the server and its sessions, for up to a minute: publishing goes on, recording waits. */
export const postgresStopped: Fault = {
  kind: 'postgres_stopped',
  targets: [],
  holdMs: { least: 5_000, most: 60_000 },
  group: 'database',
  groupPerTarget: false,
  strikesCreates: false,
  recovery: 'recording',
  inject: async ({ dependencies }) => {
    await dependencies.stop('postgres', { hard: true })
    return { heal: () => dependencies.start('postgres'), happened: certainly }
  },
}
