import { Option, type Command } from 'commander'
import { progressOnStderr } from '../progress.ts'
import { wholeNumber } from '../whole-number.ts'

interface SimulateOptions {
  readonly schedules: number
  readonly from: number
  readonly seed?: number
  readonly variant: string
  readonly broken?: boolean
  readonly threads?: number
  readonly json?: boolean
}

const HELP = `
Without a seed it runs many schedules and says which broke a guarantee; with one it tells that schedule step by step:
  surepost simulate                                  20,000 schedules of what runs in production
  surepost simulate --seed 42                        one of them, in words
  surepost simulate --broken                         take each rule away alone, and catch it
  surepost simulate --seed 42 --variant no-fence     what happens in this schedule without that rule
The exit status is 0 if no guarantee was broken (with --broken: if every broken variant is caught), and 1 if one was.`

/** `surepost simulate`: production's own decisions in virtual time, under seeded crashes, freezes and losses. */
export const simulateCommand = (program: Command, done: (code: number) => void): void => {
  const seed = wholeNumber(0, 2 ** 32 - 1)
  program
    .command('simulate')
    .description("run production's own decisions through thousands of schedules of crashes, freezes and losses")
    .addOption(new Option('--schedules <n>', 'how many').argParser(wholeNumber(1, 10_000_000)).default(20_000))
    .addOption(new Option('--from <seed>', 'the first seed').argParser(seed).default(1))
    .addOption(new Option('--seed <s>', 'tell this one schedule step by step').argParser(seed))
    .option('--variant <name>', 'break one rule (an unknown name lists them all)', 'production')
    .option('--broken', 'look for a schedule that catches each broken variant')
    .addOption(new Option('--threads <n>', 'how many at once (by default one a core)').argParser(wholeNumber(1, 256)))
    .option('--json', 'print JSON: one line, or one a variant')
    .addHelpText('after', HELP)
    .action(async (options: SimulateOptions) => done((await run(options)) ? 0 : 1))
}

const run = async ({ seed, broken = false, json = false, ...many }: SimulateOptions): Promise<boolean> => {
  const { simulateBroken, simulateMany, simulateOne } = await import('../../../../chaos/simulation/src/command.ts')
  process.stdout.on('error', untilClosed)
  if (seed !== undefined) return simulateOne({ print, progress: () => {} }, { seed, variant: many.variant }, json)
  const progress = progressOnStderr()
  const screen = { print, progress: (text: string) => progress.step(text) }
  try {
    return await (broken ? simulateBroken(screen, many, json) : simulateMany(screen, many, json))
  } finally {
    progress.stop()
  }
}

const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** Whoever reads only the beginning of a story (`| head`) closes the pipe: then the rest goes nowhere. */
const untilClosed = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') throw error
}
