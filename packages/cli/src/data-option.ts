import { join } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import { PROJECT_ROOT } from '@surepost/stack'

/** `--data DIR`: which stack is meant. */
export const dataOption = (): Option =>
  new Option('--data <dir>', 'the data folder of the stack').default(
    join(PROJECT_ROOT, '.surepost'),
    '.surepost in the project',
  )

/** `--port N`: where the stack's block of ports begins. */
export const portOption = (): Option =>
  new Option('--port <first>', 'first of 32 ports of the stack (chosen by default)').argParser((text) => {
    const port = Number(text)
    if (!/^\d+$/.test(text) || port < 1024 || port > 65_500) {
      throw new InvalidArgumentError('It must be a whole number from 1024 to 65500.')
    }
    return port
  })
