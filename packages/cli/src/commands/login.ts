import { readFile } from 'node:fs/promises'
import { messageOf } from '@surepost/shared/errors'
import { type SystemDescription, findStack } from '@surepost/stack'
import { type Command, Option } from 'commander'
import { z } from 'zod'
import { withConsole } from '../console/access.ts'
import { accountOf, accountPath } from '../console/accounts.ts'
import { type Console, ConsoleError } from '../console/client.ts'
import { plain } from '../console/plain.ts'
import { withAnswer } from '../console/with-answer.ts'
import { EXIT, examples, exitHelp } from '../exit-codes.ts'
import { type StorageState, hasDisplay, signInByHand, storageStateOf } from '../login.ts'
import { progressOnStderr } from '../progress.ts'

interface LoginOptions {
  readonly account: string
  readonly state?: string
  readonly site?: string
}

/** `surepost login`: a session for an account, from a person's hand or from a file. */
export const loginCommand = (program: Command, done: (code: number) => void): void => {
  withConsole(program.command('login'))
    .description('sign an account in: in a browser that opens here, or with a session that Playwright saved')
    .requiredOption('--account <id>', 'which account')
    .option('--state <file>', 'a Playwright storage state instead of a browser; - is standard input')
    .addOption(new Option('--site <url>', 'where to sign in (https://x.com, or the playground of the local stack)'))
    .addHelpText(
      'after',
      '\nThe session goes to the account’s broker, which keeps it encrypted, and nowhere else.\n' +
        examples('login --account ada', 'login --account ada --state state.json'),
    )
    .addHelpText('after', exitHelp({ done: 'the account has its session', failed: 'there is no session' }))
    .action(async (options: LoginOptions, command: Command) => {
      const { account: id, state } = options
      if (state === undefined && !hasDisplay(process.env))
        command.error(
          'error: there is no display here for a browser to open on. Sign in on another machine, save its storage state with Playwright, and give it with --state <file>.',
        )
      const login = async (console: Console, signal: AbortSignal) => {
        const account = await accountOf(console, id)
        const session =
          state === undefined ? await byHand(command, options, account.handle, signal) : await fromFile(state)
        await console.put(accountPath(id, 'session'), session, z.undefined())
        return { account: id, session: 'stored' }
      }
      await withAnswer(command, login, () => `${plain(id)} is signed in.`)
      done(EXIT.done)
    })
}

const fromFile = async (path: string): Promise<StorageState> => {
  const json = await readFile(path === '-' ? '/dev/stdin' : path, 'utf8').catch((error: unknown) => {
    throw new ConsoleError(`The storage state cannot be read: ${messageOf(error)}.`)
  })
  return storageStateOf(json, path === '-' ? 'Standard input' : path)
}

const byHand = async (
  command: Command,
  { site }: LoginOptions,
  handle: string,
  signal: AbortSignal,
): Promise<StorageState> => {
  const progress = progressOnStderr()
  try {
    progress.step(`a browser opens: sign in there as @${plain(handle)} (closing it ends this)`)
    return await signInByHand({ site: site ?? (await siteOf(command)), handle }, signal)
  } finally {
    progress.stop()
  }
}

/** A local stack posts to its own playground; anything else to X. */
const siteOf = async (command: Command): Promise<string> => {
  const { url, data } = command.optsWithGlobals<{ url?: string; data: string }>()
  if (url !== undefined || process.env['SUREPOST_URL']) return 'https://x.com'
  const { playgroundUrl }: SystemDescription = await findStack(data).describe()
  return playgroundUrl
}
