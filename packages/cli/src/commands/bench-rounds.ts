import { Option, type Command } from 'commander'
import { wholeNumber } from '../whole-number.ts'
import type { BenchOptions, Common } from './bench.ts'

/** A bench that goes in rounds, with one number that says how much is done in each. */
interface RoundsBench {
  readonly name: string
  readonly description: string
  readonly rounds: number
  readonly size: { readonly flag: string; readonly what: string; readonly least: number; readonly usual: number }
  readonly note: string
  readonly run: (options: Common & { readonly rounds: number; readonly size: number }) => Promise<boolean>
}

const load = () => import('../../../../bench/src/command.ts')
const JUDGED = 'The exit status is 0 only if every target is reached.'

/** The benches of this kind. */
export const ROUNDS: readonly RoundsBench[] = [
  {
    name: 'bus',
    description: 'publishing and consuming beside amqplib alone, rabbitmq-client, rascal and amqp-connection-manager',
    rounds: 5,
    size: { flag: 'messages', what: 'of 1 KB, for each of them in each round', least: 1_000, usual: 10_000 },
    note: `Messages per second. ${JUDGED}`,
    run: async ({ size, ...options }) => (await load()).bus({ ...options, messages: size }),
  },
  {
    name: 'persist',
    description: 'from a full queue to committed rows, beside the usual consumer and beside batches without a broker',
    rounds: 5,
    size: { flag: 'posts', what: 'whose lives (5 facts each) are recorded in each round', least: 100, usual: 4_000 },
    note: `Facts per second. ${JUDGED}`,
    run: async ({ size, ...options }) => (await load()).persist({ ...options, posts: size }),
  },
  {
    name: 'drain',
    description: 'what an outage of the database left, beside the rate at which a full queue is recorded',
    rounds: 3,
    size: { flag: 'facts', what: 'that wait when it is back', least: 1_000, usual: 100_000 },
    note: `Facts per second. ${JUDGED}`,
    run: async ({ size, ...options }) => (await load()).drain({ ...options, facts: size }),
  },
  {
    name: 'publish',
    description:
      'posts per minute from the API to the record, beside a Playwright script with the same clicks and one insert',
    rounds: 5,
    size: { flag: 'posts', what: 'in each round', least: 4, usual: 40 },
    note: `Posts per minute of one account and its browser, and milliseconds until one is live and recorded. ${JUDGED}`,
    run: async ({ size, ...options }) => (await load()).publish({ ...options, posts: size }),
  },
  {
    name: 'metrics',
    description: 'posts measured per minute by one browser, beside a Playwright script for each post',
    rounds: 5,
    size: { flag: 'posts', what: 'in each round; the scripts take a quarter of them', least: 4, usual: 40 },
    note: `Posts per minute. ${JUDGED}`,
    run: async ({ size, ...options }) => (await load()).metrics({ ...options, posts: size }),
  },
  {
    name: 'recover',
    description: 'how soon work is done again after Postgres, PostgREST, RabbitMQ or the persister has come back',
    rounds: 5,
    size: { flag: 'seconds', what: 'that each is away', least: 1, usual: 5 },
    note: `Seconds. ${JUDGED}`,
    run: async ({ size, ...options }) => (await load()).recover({ ...options, awaySeconds: size }),
  },
  {
    name: 'scale',
    description: 'what is asked of the database all day, with a thousand, a hundred thousand and a million posts in it',
    rounds: 3,
    size: { flag: 'posts', what: 'in the largest database', least: 1_000, usual: 1_000_000 },
    note: 'Milliseconds, p99. The exit status is 0 only if every target is reached, by indexes only.',
    run: async ({ size, ...options }) => (await load()).scale({ ...options, posts: size }),
  },
  {
    name: 'footprint',
    description: 'what each service weighs when nothing happens, and how soon it is ready',
    rounds: 3,
    size: { flag: 'seconds', what: 'of idleness before they are weighed', least: 0, usual: 30 },
    note: `MiB and seconds. ${JUDGED}`,
    run: async ({ size, ...options }) => (await load()).footprint({ ...options, idleSeconds: size }),
  },
]

const MOST = 10_000_000

type Measure = (options: BenchOptions, name: string, run: (common: Common) => Promise<boolean>) => Promise<void>

/** Add one of them to `surepost bench`. */
export const roundsCommand = (bench: Command, { name, size, ...one }: RoundsBench, measure: Measure): void => {
  bench
    .command(name)
    .description(one.description)
    .addOption(
      new Option('--rounds <n>', 'in each of which all take their turn')
        .argParser(wholeNumber(1, 1_000))
        .default(one.rounds),
    )
    .addOption(new Option(`--${size.flag} <n>`, size.what).argParser(wholeNumber(size.least, MOST)).default(size.usual))
    .option('--json', 'print one line of JSON')
    .addHelpText('after', `\n${one.note}`)
    .action(async (options: BenchOptions & { readonly rounds: number } & Readonly<Record<string, unknown>>) => {
      const { rounds } = options
      await measure(options, name, (common) => one.run({ ...common, rounds, size: Number(options[size.flag]) }))
    })
}
