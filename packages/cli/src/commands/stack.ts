import { DEPENDENCY_NAMES, findStack } from '@surepost/stack'
import type { Command } from 'commander'
import { dataOption } from '../data-option.ts'

interface PartOptions {
  readonly data: string
  readonly hard?: boolean
}

/** `surepost stack`: take single parts of a running stack away and give them back. */
export const stackCommand = (program: Command, done: (code: number) => void): void => {
  const stack = program
    .command('stack')
    .description('stop or start one part of a running stack; its ports and its data stay')
    .addHelpText('after', `\nParts: ${DEPENDENCY_NAMES.join(', ')}, playground, and every service by its name.`)

  stack
    .command('stop')
    .description('stop one part')
    .argument('<part>', 'what to stop')
    .option('--hard', 'kill it (SIGKILL) instead of asking it to stop')
    .addOption(dataOption())
    .action(async (part: string, { data, hard = false }: PartOptions) => {
      await findStack(data).stopPart(part, { hard })
      process.stderr.write(`${part} is stopped.\n`)
      done(0)
    })

  stack
    .command('start')
    .description('start one part that was stopped or has died, and wait until it is ready')
    .argument('<part>', 'what to start')
    .addOption(dataOption())
    .action(async (part: string, { data }: PartOptions) => {
      await findStack(data).startPart(part)
      process.stderr.write(`${part} is up.\n`)
      done(0)
    })

  stack
    .command('status')
    .description('say what of a running stack is up')
    .option('--json', 'as JSON, with every endpoint and key')
    .addOption(dataOption())
    .action(async ({ data, json = false }: { readonly data: string; readonly json?: boolean }) => {
      const description = await findStack(data).describe()
      if (json) process.stdout.write(`${JSON.stringify(description)}\n`)
      else {
        for (const { name, running } of description.dependencies)
          process.stdout.write(`${name.padEnd(16)} ${running ? 'up' : 'stopped'}\n`)
        for (const { name, pid } of description.services)
          process.stdout.write(`${name.padEnd(16)} up (process ${pid})\n`)
      }
      done(0)
    })
}
