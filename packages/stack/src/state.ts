import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const Identity = z.object({ pid: z.int().positive(), startTime: z.number() })

const StackState = z.object({
  version: z.literal(1),
  /** Value of the environment variable that marks every process of this run. */
  mark: z.string(),
  dataDir: z.string(),
  phase: z.enum(['starting', 'ready', 'stopping', 'stopped']),
  supervisor: Identity,
  /** Whose life the stack shares. */
  command: Identity,
  control: z.object({ port: z.int(), token: z.string() }),
  processes: z.array(
    Identity.extend({
      name: z.string(),
      kind: z.enum(['dependency', 'service']),
      logFile: z.string(),
      opsPort: z.int().optional(),
    }),
  ),
})

/** What a running stack writes into its data folder, for `down`, `stack stop` and for cleaning up after a crash. */
export type StackState = z.infer<typeof StackState>

const fileOf = (dataDir: string): string => join(dataDir, 'state.json')

/** Write the state so that a reader sees the old one or the new one; readable by its owner only. */
export const writeState = (state: StackState): void => {
  const file = fileOf(state.dataDir)
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/** The recorded state, or undefined when none (or nothing readable) is there. */
export const readState = (dataDir: string): StackState | undefined => {
  try {
    return StackState.safeParse(JSON.parse(readFileSync(fileOf(dataDir), 'utf8'))).data
  } catch {
    return undefined
  }
}

export const removeState = (dataDir: string): void => rmSync(fileOf(dataDir), { force: true })
