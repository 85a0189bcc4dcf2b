import type { Command } from 'commander'
import { interruptible } from '../interrupt.ts'
import { openConsole } from './access.ts'
import type { Console } from './client.ts'

/** Runs with the console that is meant, and prints and returns what came of it. */
export const withAnswer = async <T>(
  command: Command,
  ask: (console: Console, signal: AbortSignal) => Promise<T>,
  text: (answer: T) => string,
): Promise<T> => {
  const answer = await interruptible(async (signal) => ask(await openConsole(command, signal), signal))
  const { json = false } = command.optsWithGlobals<{ json?: boolean }>()
  process.stdout.write(`${json ? JSON.stringify(answer) : text(answer)}\n`)
  return answer
}
