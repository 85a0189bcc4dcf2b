import type { Command } from 'commander'
import { bringUp } from '../bring-up.ts'
import { dataOption, portOption } from '../data-option.ts'
import { aborted, interruptible } from '../interrupt.ts'
import { links } from '../links.ts'
import { green } from '../output.ts'
import { progressOnStderr } from '../progress.ts'

interface UpOptions {
  readonly data: string
  readonly port?: number
  readonly json?: boolean
}

/** `surepost up`: start everything and stay until Ctrl-C. */
export const upCommand = (program: Command, done: (code: number) => void): void => {
  program
    .command('up')
    .description('start the local stack and every service, and stay until Ctrl-C')
    .option('--json', 'print one line of JSON with every endpoint and key, once everything is ready')
    .addOption(dataOption())
    .addOption(portOption())
    .action(async (options: UpOptions) => {
      await interruptible((signal) => up(options, signal))
      done(0)
    })
}

const up = async ({ data, port, json = false }: UpOptions, signal: AbortSignal): Promise<void> => {
  const begun = Date.now()
  const progress = progressOnStderr()
  try {
    const { stack, line } = await bringUp({ dataDir: data, progress, signal, ...(port === undefined ? {} : { port }) })
    progress.stop()
    if (json) process.stdout.write(`${JSON.stringify(line)}\n`)
    else {
      const seconds = ((Date.now() - begun) / 1_000).toFixed(1)
      process.stdout.write(`${green(`Surepost is up (${seconds} s).`)}\n\n${links(line)}\n\nCtrl-C stops everything.\n`)
    }
    await Promise.race([aborted(signal), stack.ended])
    await stack.stop()
    if (!signal.aborted) process.stderr.write('The stack was stopped by another command.\n')
  } finally {
    progress.stop()
  }
}
