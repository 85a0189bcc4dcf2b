import { type Command, Option } from 'commander'
import { bringUp } from '../bring-up.ts'
import { whereabouts } from '../console/access.ts'
import { dataOption, portOption } from '../data-option.ts'
import type { Deployment } from '../demo/against.ts'
import { aborted, interruptible } from '../interrupt.ts'
import { links } from '../links.ts'
import { progressOnStderr } from '../progress.ts'
import { wholeNumber } from '../whole-number.ts'

interface DemoOptions {
  readonly data: string
  readonly port?: number
  readonly json?: boolean
  readonly within: number
  readonly exit?: boolean
  readonly against?: string
  readonly key?: string
  readonly site?: string
}

/** `surepost demo`: everything `up` does, and real work through it. */
export const demoCommand = (program: Command, done: (code: number) => void): void => {
  program
    .command('demo')
    .description('start everything, publish 12 posts and 3 answers on the playground, and show what came of them')
    .option('--exit', 'stop everything at the end instead of staying until Ctrl-C')
    .option('--json', 'print one last line of JSON with the figures')
    .addOption(
      new Option('--within <s>', 'give up after so many seconds: on two cores it needs about a minute')
        .argParser(wholeNumber(1, 86_400))
        .default(300),
    )
    .option(
      '--against <url>',
      'start nothing: work through the console of a deployment, and judge by it and by its playground',
    )
    .option('--key <key>', 'the API key of that console; SUREPOST_API_KEY is not seen by others on the machine')
    .option('--site <url>', 'its playground, as it is reached from here; PLAYGROUND_ADMIN_KEY opens the admin routes')
    .addOption(dataOption())
    .addOption(portOption())
    .action(async (options: DemoOptions, command: Command) => {
      const deployment = deploymentOf(options, command)
      const run = (signal: AbortSignal): Promise<boolean> =>
        deployment === undefined ? runDemo(options, signal) : runAgainst(deployment, options, signal)
      done((await interruptible(run)) ? 0 : 1)
    })
}

/** The deployment that is meant, or undefined for a local stack. Options that do not fit end the command with a sentence. */
const deploymentOf = ({ against, key, site }: DemoOptions, command: Command): Deployment | undefined => {
  if (against === undefined && site === undefined) return undefined
  if (against === undefined || site === undefined)
    return command.error('error: --against and --site belong together: a console and its playground.')
  const meant = whereabouts({ url: against, key }, process.env)
  if (meant.kind !== 'console')
    return command.error(`error: ${meant.kind === 'wrong' ? meant.sentence : 'no console'}.`)
  if (!URL.canParse(site)) return command.error('error: --site is no URL; it must be like http://127.0.0.1:8090.')
  const playgroundKey = process.env['PLAYGROUND_ADMIN_KEY'] || undefined
  return { consoleUrl: meant.url, apiKey: meant.key, playgroundUrl: site, playgroundKey }
}

const runAgainst = async (
  deployment: Deployment,
  { json = false, within }: DemoOptions,
  signal: AbortSignal,
): Promise<boolean> => {
  const { demoAgainst } = await import('../demo/against.ts')
  const { demo } = await import('../demo/command.ts')
  const { endpoints, records } = await demoAgainst(deployment, signal)
  return demo(endpoints, records, { json, withinMs: within * 1_000, signal })
}

const runDemo = async (
  { data, port, json = false, within, exit = false }: DemoOptions,
  signal: AbortSignal,
): Promise<boolean> => {
  const progress = progressOnStderr()
  try {
    const { stack, line } = await bringUp({ dataDir: data, progress, signal, ...(port === undefined ? {} : { port }) })
    progress.stop()
    try {
      const { demo } = await import('../demo/command.ts')
      const { openRecords } = await import('../demo/records.ts')
      await using records = await openRecords(line.postgresUrl, signal)
      const whole = await demo(line, records, { json, withinMs: within * 1_000, signal })
      if (!exit) {
        const stream = json ? process.stderr : process.stdout
        stream.write(`\n${links(line)}\n\nCtrl-C stops everything.\n`)
        await Promise.race([aborted(signal), stack.ended])
      }
      return whole
    } finally {
      await stack.stop()
    }
  } finally {
    progress.stop()
  }
}
