import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { ensureInstalled, findChromium, PROJECT_ROOT } from '@surepost/stack'
import type { Command } from 'commander'
import { interruptible } from '../interrupt.ts'
import { progressOnStderr } from '../progress.ts'

/** `surepost test`: every test, with what it needs installed first. */
export const testCommand = (program: Command, done: (code: number) => void): void => {
  program
    .command('test')
    .description('run every test: unit, integration (RabbitMQ, Postgres, PostgREST) and end to end (Chromium)')
    .argument('[args...]', 'passed on to vitest, such as --project unit, -t "a name", or a file')
    .allowUnknownOption()
    .passThroughOptions()
    .addHelpText(
      'after',
      '\nSUREPOST_STACK=containers takes RabbitMQ, Postgres and PostgREST from Docker (testcontainers).',
    )
    .action(async (args: readonly string[]) => {
      await interruptible(installFirst)
      done(await runVitest(['run', ...args]))
    })
}

const installFirst = async (signal: AbortSignal): Promise<void> => {
  const progress = progressOnStderr()
  try {
    await ensureInstalled({ onProgress: progress.step, signal })
  } finally {
    progress.stop()
  }
}

// A listener that does nothing: without one a Ctrl-C would end us before vitest has taken its stack down.
const wait = (): void => undefined

/**
 * Run vitest in the foreground. A Ctrl-C reaches it directly (same terminal) and a SIGTERM is passed on; either way it
 * takes its stack down before it ends, and we wait for that.
 * @returns its exit status
 */
const runVitest = (args: readonly string[]): Promise<number> => {
  const vitest = join(PROJECT_ROOT, 'node_modules', 'vitest', 'vitest.mjs')
  // The tests drive the browser that the stack would.
  const env = { ...process.env, CHROMIUM_PATH: findChromium() }
  const child = spawn(process.execPath, [vitest, ...args], { cwd: PROJECT_ROOT, stdio: 'inherit', env })
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal)
  process.on('SIGTERM', pass).on('SIGHUP', pass).on('SIGINT', wait)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      process.off('SIGTERM', pass).off('SIGHUP', pass).off('SIGINT', wait)
      resolve(code ?? 128 + (signal === null ? 1 : constants.signals[signal]))
    })
  })
}
