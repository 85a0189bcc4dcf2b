import { resolve } from 'node:path'
import { stopStack } from '@surepost/stack'
import type { Command } from 'commander'
import { dataOption } from '../data-option.ts'

const SAID = {
  stopped: 'Stopped the stack in',
  cleaned: 'The stack had ended without cleaning up; removed what it left in',
  nothing: 'No stack runs in',
} as const

/** `surepost down`: stop the stack of a data folder, whoever started it. */
export const downCommand = (program: Command, done: (code: number) => void): void => {
  program
    .command('down')
    .description('stop the stack of a data folder, wherever it was started')
    .addOption(dataOption())
    .action(async ({ data }: { readonly data: string }) => {
      const stopped = await stopStack(data)
      process.stderr.write(`${SAID[stopped]} ${resolve(data)}.\n`)
      done(0)
    })
}
