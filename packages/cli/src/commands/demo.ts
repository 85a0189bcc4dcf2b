import type { Command } from 'commander'
import { bringUp } from '../bring-up.ts'
import { dataOption, portOption } from '../data-option.ts'
import { aborted, interruptible } from '../interrupt.ts'
import { links } from '../links.ts'
import { progressOnStderr } from '../progress.ts'

interface DemoOptions {
  readonly data: string
  readonly port?: number
  readonly json?: boolean
  readonly exit?: boolean
}

/** `surepost demo`: everything `up` does, and real work through it. */
export const demoCommand = (program: Command, done: (code: number) => void): void => {
  program
    .command('demo')
    .description('start everything, publish 12 posts and 3 answers on the playground, and show what came of them')
    .option('--exit', 'stop everything at the end instead of staying until Ctrl-C')
    .option('--json', 'print one last line of JSON with the figures')
    .addOption(dataOption())
    .addOption(portOption())
    .action(async (options: DemoOptions) => {
      done((await interruptible((signal) => runDemo(options, signal))) ? 0 : 1)
    })
}

const runDemo = async (
  { data, port, json = false, exit = false }: DemoOptions,
  signal: AbortSignal,
): Promise<boolean> => {
  const progress = progressOnStderr()
  try {
    const { stack, line } = await bringUp({ dataDir: data, progress, signal, ...(port === undefined ? {} : { port }) })
    progress.stop()
    try {
      const { demo } = await import('../demo/command.ts')
      const whole = await demo(line, { json, signal })
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
