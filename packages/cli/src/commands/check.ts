import Table from 'cli-table3'
import { PROJECT_ROOT } from '@surepost/stack'
import type { Command } from 'commander'
import { runStep, type StepResult } from '../check/run-step.ts'
import { checkSteps, type CheckStep } from '../check/steps.ts'
import { interruptible } from '../interrupt.ts'
import { bold, green, redOut } from '../output.ts'
import { progressOnStderr } from '../progress.ts'

/** `surepost check`: everything that does not need the stack. */
export const checkCommand = (program: Command, done: (code: number) => void): void => {
  program
    .command('check')
    .description('check format, lint, types, import rules and dead code, and run the unit tests')
    .action(async () => {
      const results = await interruptible(runAll)
      for (const result of results.filter(({ ok }) => !ok)) {
        process.stdout.write(`${bold(redOut(`── ${result.name} ──`))}\n${result.output}\n\n`)
      }
      process.stdout.write(`${tableOf(results)}\n`)
      done(results.every(({ ok }) => ok) ? 0 : 1)
    })
}

/** So many at a time: the tools use several cores themselves. */
const AT_ONCE = 2

const runAll = async (signal: AbortSignal): Promise<readonly StepResult[]> => {
  const steps = checkSteps(PROJECT_ROOT)
  const progress = progressOnStderr()
  const results = new Map<CheckStep, StepResult>()
  const waiting = [...steps]
  const worker = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      progress.step(step.name)
      results.set(step, await runStep(step, PROJECT_ROOT, signal))
      signal.throwIfAborted()
    }
  }
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
  } finally {
    progress.stop()
  }
  return steps.flatMap((step) => results.get(step) ?? [])
}

const tableOf = (results: readonly StepResult[]): string => {
  const table = new Table({
    head: ['check', 'result', 'seconds'],
    style: { head: [], border: [] },
    colAligns: ['left', 'left', 'right'],
  })
  for (const { name, ok, seconds } of results)
    table.push([name, ok ? green('passed') : redOut('FAILED'), seconds.toFixed(1)])
  return table.toString()
}
