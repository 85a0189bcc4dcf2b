import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { PROJECT_ROOT } from '@surepost/stack'
import { Option, type Command } from 'commander'
import { interruptible } from '../interrupt.ts'
import { progressOnStderr } from '../progress.ts'
import { wholeNumber } from '../whole-number.ts'

interface ChaosOptions {
  readonly posts: number
  readonly faults: number
  readonly seed: number
  readonly only?: readonly string[]
  readonly patience?: number
  readonly data?: string
  readonly keep?: boolean
  readonly json?: boolean
}

/** `surepost chaos`: break a stack of its own in every way there is while it works, and judge what came of it. */
export const chaosCommand = (program: Command, done: (code: number) => void): void => {
  program
    .command('chaos')
    .description('plant faults in a stack of its own while it works, and judge that nothing was lost or doubled')
    .addOption(new Option('--posts <n>', 'how many posts to submit').argParser(wholeNumber(1, 100_000)).default(60))
    .addOption(new Option('--faults <m>', 'how many faults to plant').argParser(wholeNumber(0, 10_000)).default(25))
    .addOption(
      new Option('--seed <s>', 'the plan follows from it (random by default)').argParser(wholeNumber(0, 2 ** 32 - 1)),
    )
    .option('--only <kinds...>', 'plant only these kinds of fault')
    .addOption(
      new Option(
        '--patience <s>',
        'seconds in which nothing comes to an end, after the last post and fault, until it gives up (756 by default)',
      ).argParser(wholeNumber(1, 86_400)),
    )
    .option('--data <dir>', 'a folder that is empty or missing, for everything of the run')
    .option('--keep', 'keep that folder; one of a run with troubles is always kept')
    .option('--json', 'print one last line of JSON with the figures')
    .addHelpText('after', '\nThe exit status is 0 only if nothing is wrong and the faults were what they had to be.')
    .action(async (options: ChaosOptions) => {
      const seed = options.seed ?? randomInt(1_000_000)
      done((await interruptible((signal) => run({ ...options, seed }, signal))) ? 0 : 1)
    })
}

const run = async (
  { data, only, patience, keep = false, json = false, ...wanted }: ChaosOptions,
  signal: AbortSignal,
): Promise<boolean> => {
  const { chaos, checkKinds } = await import('../../../../chaos/src/command.ts')
  checkKinds(only ?? [])
  const began = new Date().toISOString().replaceAll(/[:.]/g, '-')
  const dataDir = data ?? join(PROJECT_ROOT, '.surepost', 'chaos', `seed-${wanted.seed}-${began}`)
  const progress = progressOnStderr()
  progress.note(`seed ${wanted.seed}, data in ${dataDir}`)
  try {
    const options = {
      ...wanted,
      dataDir,
      keep,
      json,
      ...(only === undefined ? {} : { only }),
      ...(patience === undefined ? {} : { quietWithinMs: patience * 1_000 }),
      onProgress: (text: string) => progress.step(text),
      onEvent: (text: string) => progress.note(text),
      stopProgress: () => progress.stop(),
    }
    return await chaos(options, signal)
  } finally {
    progress.stop()
  }
}
