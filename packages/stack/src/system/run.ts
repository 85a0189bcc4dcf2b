import { spawn } from 'node:child_process'
import { basicEnv } from '../process/managed.ts'

export interface RunResult {
  /** Null when it was ended by a signal or could not be started. */
  readonly code: number | null
  /** The last 8,000 characters of both streams. */
  readonly output: string
}

const KEEP = 8_000

/** Run a command to its end and keep the end of what it said. Never throws: a command that is missing has code null. */
export const run = (
  command: string,
  args: readonly string[],
  options: {
    readonly timeoutMs: number
    /** `/` by default. */
    readonly cwd?: string
    readonly env?: Readonly<Record<string, string>>
    readonly signal?: AbortSignal
    /** Needs root. */
    readonly user?: { readonly uid: number; readonly gid: number }
  },
): Promise<RunResult> =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      env: { ...basicEnv(), ...options.env },
      cwd: options.cwd ?? '/',
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options.user,
      timeout: options.timeoutMs,
      ...(options.signal ? { signal: options.signal } : {}),
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-KEEP)
      })
    }
    child.once('error', (cause) => resolve({ code: null, output: `${output}${cause.message}` }))
    child.once('close', (code) => resolve({ code, output }))
  })
