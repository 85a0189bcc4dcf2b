import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { controlAt } from './control-client.ts'
import { StackError } from './errors.ts'
import { isAlive } from './process/identity.ts'
import { readState, removeState, type StackState } from './state.ts'
import { sweepState } from './supervisor/sweep.ts'

/** What `stopStack` found: a stack that it stopped, what a crash had left behind, or nothing. */
export type Stopped = 'stopped' | 'cleaned' | 'nothing'

/** A stop takes a few seconds; after this the supervisor is taken for stuck and everything is killed. */
const PATIENCE_MS = 40_000

/**
 * Stop the stack of a data folder, whoever started it, and wait until it is gone.
 * @throws StackError when something survives even a kill
 */
export const stopStack = async (folder: string, signal?: AbortSignal): Promise<Stopped> => {
  const dataDir = resolve(folder)
  const state = readState(dataDir)
  if (state === undefined) return 'nothing'
  if (isAlive(state.supervisor)) {
    // One that does not answer any more is killed below.
    await controlAt(state)
      .requestStop()
      .catch(() => undefined)
    await untilGone(state, PATIENCE_MS, signal)
  }
  // A supervisor that stopped properly has removed its state.
  if (readState(dataDir)?.mark !== state.mark) return 'stopped'
  await cleanUp(state)
  if (isAlive(state.supervisor))
    throw new StackError(`The supervisor ${state.supervisor.pid} of ${dataDir} does not end.`)
  return 'cleaned'
}

const untilGone = async ({ supervisor }: StackState, patienceMs: number, signal?: AbortSignal): Promise<void> => {
  const deadline = Date.now() + patienceMs
  while (isAlive(supervisor) && Date.now() < deadline) {
    signal?.throwIfAborted()
    await sleep(50)
  }
}

/** Kill and remove what a stack whose supervisor is gone has left. */
export const cleanUp = async (state: StackState): Promise<void> => {
  await sweepState(state)
  removeState(state.dataDir)
  rmSync(join(state.dataDir, 'lock'), { force: true })
}

/**
 * The control API of the stack that runs in a data folder.
 * @throws StackError when none does
 */
export const findStack = (folder: string): ReturnType<typeof controlAt> => {
  const dataDir = resolve(folder)
  const state = readState(dataDir)
  if (state === undefined || !isAlive(state.supervisor)) {
    throw new StackError(
      `No stack runs in ${dataDir}. Start one with "surepost up --data ${dataDir}", or name the right folder with --data.`,
    )
  }
  return controlAt(state)
}
