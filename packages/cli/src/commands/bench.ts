import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { PROJECT_ROOT } from '@surepost/stack'
import { Option, type Command } from 'commander'
import { interruptible } from '../interrupt.ts'
import { progressOnStderr } from '../progress.ts'
import { wholeNumber } from '../whole-number.ts'
import { metricsFaultsCommand } from './bench-metrics-faults.ts'
import { ROUNDS, roundsCommand } from './bench-rounds.ts'

export interface BenchOptions {
  readonly json?: boolean
}

/** `surepost bench`: measurements with a verdict. */
export const benchCommand = (program: Command, done: (code: number) => void): void => {
  const bench = program.command('bench').description('measure, each on a stack of its own, and say whether it holds')
  bench
    .command('lease')
    .description('a lease beside an in-process context and Crawlee’s pool')
    .addOption(new Option('--cycles <n>', 'leases of each kind').argParser(wholeNumber(1, 100_000)).default(200))
    .addOption(new Option('--workers <n>', 'leases at once').argParser(wholeNumber(1, 50)).default(4))
    .option('--json', 'print one line of JSON')
    .action(async (options: BenchOptions & { readonly cycles: number; readonly workers: number }) => {
      const { lease } = await import('../../../../bench/src/command.ts')
      done(await measured(options, 'lease', (common) => lease({ ...options, ...common })))
    })
  bench
    .command('pool')
    .description('an hour of mixed load at 120 % of capacity, 20 times as fast, under faults')
    .addOption(
      new Option('--seconds <n>', 'length; 180 stand for an hour').argParser(wholeNumber(10, 3_600)).default(180),
    )
    .addOption(
      new Option('--seed <s>', 'arrivals and faults follow from it').argParser(wholeNumber(0, 2 ** 32 - 1)).default(1),
    )
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      '\nThe exit status is 0 only if nothing was late, starved or left over, and every job’s end is known and explained.',
    )
    .action(async (options: BenchOptions & { readonly seconds: number; readonly seed: number }) => {
      const { pool } = await import('../../../../bench/src/command.ts')
      done(await measured(options, 'pool', (common) => pool({ ...options, ...common })))
    })
  bench
    .command('soak')
    .description('minutes of mixed load, then quiet: memory, handles, contexts and waits of every process')
    .addOption(
      new Option('--minutes <n>', 'of load; two more follow in which all comes to rest')
        .argParser(wholeNumber(1, 10_000))
        .default(30),
    )
    .option('--json', 'print one line of JSON')
    .addHelpText('after', '\nThe exit status is 0 only if nothing grew, and everything is back to where it was.')
    .action(async (options: BenchOptions & { readonly minutes: number }) => {
      const { soak } = await import('../../../../bench/src/command.ts')
      done(await measured(options, 'soak', (common) => soak({ ...options, ...common })))
    })
  metricsFaultsCommand(bench, done)
  for (const one of ROUNDS)
    roundsCommand(bench, one, async (options, name, run) => done(await measured(options, name, run)))
}

/** What every bench is given. */
export interface Common {
  readonly dataDir: string
  readonly json: boolean
  readonly onProgress: (text: string) => void
  readonly stopProgress: () => void
  readonly signal: AbortSignal
}

const measured = async (
  { json = false }: BenchOptions,
  name: string,
  run: (common: Common) => Promise<boolean>,
): Promise<number> => {
  const progress = progressOnStderr()
  const common = {
    dataDir: join(PROJECT_ROOT, '.surepost', 'bench', `${name}-${randomInt(1_000_000)}`),
    json,
    onProgress: (text: string) => progress.step(text),
    stopProgress: () => progress.stop(),
  }
  try {
    return (await interruptible((signal) => run({ ...common, signal }))) ? 0 : 1
  } finally {
    progress.stop()
  }
}
