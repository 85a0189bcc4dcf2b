import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { CheckStep } from './steps.ts'

export interface StepResult {
  readonly name: string
  readonly ok: boolean
  readonly seconds: number
  /** Everything the tool said, and why it failed where it did not say so itself. */
  readonly output: string
}

/** Longest that one tool may take. */
const TIMEOUT_MS = 900_000

/** Run one step to its end. Never throws: what goes wrong is a failed step. */
export const runStep = (step: CheckStep, root: string, signal: AbortSignal): Promise<StepResult> =>
  new Promise((resolve) => {
    const begun = Date.now()
    const child = spawn(process.execPath, [join(root, 'node_modules', step.script), ...step.args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
      signal,
      env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }) },
    })
    const chunks: Buffer[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    const end = (ok: boolean, remark?: string): void => {
      const output = [Buffer.concat(chunks).toString().trimEnd(), remark].filter(Boolean).join('\n')
      resolve({ name: step.name, ok, seconds: (Date.now() - begun) / 1_000, output })
    }
    child.once('error', (error) => end(false, error.message))
    child.once('close', (code, killed) => {
      if (code !== 0)
        return end(
          false,
          killed === null ? undefined : `It was ended by ${killed} after ${TIMEOUT_MS / 1_000} s at most.`,
        )
      const doubt = step.doubt?.(Buffer.concat(chunks).toString())
      return end(doubt === undefined, doubt === undefined ? undefined : `It passed, but ${doubt}.`)
    })
  })
