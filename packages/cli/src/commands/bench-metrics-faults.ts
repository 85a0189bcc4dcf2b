import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { PROJECT_ROOT } from '@surepost/stack'
import { Option, type Command } from 'commander'
import { interruptible } from '../interrupt.ts'
import { progressOnStderr } from '../progress.ts'
import { wholeNumber } from '../whole-number.ts'

interface MetricsFaultsOptions {
  readonly posts: number
  readonly seed?: number
  readonly within: number
  readonly data?: string
  readonly json?: boolean
}

/** `surepost bench metrics-faults`: readings of a site that fails. */
export const metricsFaultsCommand = (bench: Command, done: (code: number) => void): void => {
  bench
    .command('metrics-faults')
    .description('read posts while three page loads in ten fail, pages are killed and rates are limited')
    .addOption(
      new Option('--posts <n>', 'how many posts, of three checks each')
        .argParser(wholeNumber(1, 100_000))
        .default(1_000),
    )
    .addOption(new Option('--seed <s>', 'figures and kills follow from it').argParser(wholeNumber(0, 2 ** 32 - 1)))
    .addOption(
      new Option('--within <s>', 'give up after so many seconds').argParser(wholeNumber(1, 86_400)).default(7_200),
    )
    .option('--data <dir>', 'a folder that is empty or missing, removed at the end')
    .option('--json', 'print one last line of JSON with the figures')
    .addHelpText(
      'after',
      '\nThe exit status is 0 only if nothing is silent or wrong and only what was planted unreadable is missed.',
    )
    .action(async (options: MetricsFaultsOptions) => {
      done((await interruptible((signal) => run(options, signal))) ? 0 : 1)
    })
}

const run = async (
  { posts, seed, within, data, json = false }: MetricsFaultsOptions,
  signal: AbortSignal,
): Promise<boolean> => {
  const { benchMetricsFaults } = await import('../../../../bench/src/metrics-faults/command.ts')
  const began = new Date().toISOString().replaceAll(/[:.]/g, '-')
  const dataDir = data ?? join(PROJECT_ROOT, '.surepost', 'bench', `metrics-faults-${began}`)
  const progress = progressOnStderr()
  try {
    const wish = {
      posts,
      seed: seed ?? randomInt(1_000_000),
      withinMs: within * 1_000,
      onProgress: (text: string) => progress.step(text),
    }
    const { measured, whole } = await benchMetricsFaults({ ...wish, dataDir }, signal)
    progress.stop()
    if (json) process.stdout.write(`${JSON.stringify(measured)}\n`)
    else for (const [name, value] of Object.entries(measured)) process.stdout.write(`${name.padEnd(20)} ${value}\n`)
    return whole
  } finally {
    progress.stop()
  }
}
