import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROJECT_ROOT } from '../../src/root.ts'
import { readState, type StackState } from '../../src/state.ts'

/** A command that has started a stack, as a process of its own. */
export interface StackCommand {
  readonly child: ChildProcess
  readonly dataDir: string
  readonly state: StackState
  /** Resolves with exit code or signal. */
  readonly ended: Promise<number | string | null>
}

export const newDataDir = (): Promise<string> => mkdtemp(join(tmpdir(), 'surepost-stack-test-'))

/** Run the development command in its own process and wait for its line of JSON. */
export const runStackCommand = async (dataDir: string): Promise<StackCommand> => {
  const child = spawn(process.execPath, [join(PROJECT_ROOT, 'packages/stack/src/dev.ts'), '--data', dataDir], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | string | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? code)),
  )
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve())
    child.once('exit', () => reject(new Error(`The stack did not start: ${said}`)))
  })
  const state = readState(dataDir)
  if (state === undefined) throw new Error('The stack wrote no state file.')
  return { child, dataDir, state, ended }
}
