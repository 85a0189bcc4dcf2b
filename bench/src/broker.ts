import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { World } from './world.ts'

const pidOf = ({ system }: World): number => system.services.find(({ name }) => name === 'browser-broker')?.pid ?? 0

/** The variables that the broker was started with. */
export const brokerEnvironment = async (world: World): Promise<Readonly<Record<string, string>>> => {
  const lines = (await readFile(`/proc/${pidOf(world)}/environ`, 'utf8')).split('\0')
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]))
}

/** The broker's process, and where its browsers are. */
export const brokerOf = async (world: World): Promise<{ readonly pid: number; readonly folder: string }> => {
  const { BROKER_DATA_DIR = '' } = await brokerEnvironment(world)
  return { pid: pidOf(world), folder: join(BROKER_DATA_DIR, 'browsers') }
}
