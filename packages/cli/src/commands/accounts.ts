import { AccountConfig, AccountId, DEFAULT_BUDGETS, PlatformName, rulesFor } from '@surepost/shared/contracts'
import { type Command, Option } from 'commander'
import { type AccountOptions, changed, withAccountOptions } from '../account-options.ts'
import { withConsole } from '../console/access.ts'
import { Accounts, Put, Removed, accountOf, accountPath, accountsTable } from '../console/accounts.ts'
import { type Console, ConsoleError } from '../console/client.ts'
import { confirm } from '../console/confirm.ts'
import { plain } from '../console/plain.ts'
import { withAnswer } from '../console/with-answer.ts'
import { EXIT, examples } from '../exit-codes.ts'

type Done = (code: number) => void

/** `surepost accounts`: who is posted as. */
export const accountsCommand = (program: Command, done: Done): void => {
  const accounts = withConsole(program.command('accounts'))
    .description('list the accounts: session, what is used of their budgets, pauses')
    .enablePositionalOptions(false)
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('Run "surepost accounts --help" for its commands.')
    .addHelpText(
      'after',
      examples(
        'accounts',
        'accounts add ada --handle ada_builds',
        'accounts edit ada --posts-per-day 20 --answers review',
        'accounts remove ada',
        'login --account ada',
      ),
    )
    .action(async (_options: object, command: Command) => {
      await withAnswer(command, (console) => console.get('v1/accounts', Accounts), accountsTable)
      done(EXIT.done)
    })
  addCommand(accounts, done)
  editCommand(accounts, done)
  removeCommand(accounts, done)
}

const freshConfig = (command: Command, id: string, { handle, platform, ...options }: AccountOptions): AccountConfig => {
  const parsed = AccountConfig.safeParse({
    id,
    platform: platform ?? 'x',
    handle: handle?.replace(/^@/, ''),
    budgets: DEFAULT_BUDGETS,
  })
  if (parsed.success) return changed(parsed.data, options)
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
  return command.error(`error: ${wrong}.`)
}

const addCommand = (accounts: Command, done: Done): void => {
  const add = accounts
    .command('add')
    .description('add an account; its session is a matter of its own: "surepost login"')
    .argument('<id>', 'what it is called here')
    .requiredOption('--handle <name>', 'its name on the platform')
    .addOption(new Option('--platform <name>', 'where it is').choices(PlatformName.options).default('x'))
  withAccountOptions(add)
    .option('--yes', 'the rules of the platform are known; needed where there is no terminal to ask on')
    .action(async (id: string, { yes = false, ...options }: AccountOptions & { yes?: boolean }, command: Command) => {
      const config = freshConfig(command, id, options)
      if (!yes && !process.stdin.isTTY)
        command.error('error: there is no terminal to ask on: add --yes when you know the rules of the platform.')
      const run = async (console: Console, signal: AbortSignal) => {
        const { accounts: known } = await console.get('v1/accounts', Accounts)
        if (known.some((one) => one.id === id))
          throw new ConsoleError(`There is an account "${plain(id)}" already. Change it with "surepost accounts edit".`)
        const rules = rulesFor(config)
        process.stderr.write(`${rules.map((rule) => `  • ${rule}`).join('\n')}\n`)
        if (!yes && !(await confirm(`Add ${id} (@${config.handle}) under these rules?`, signal)))
          return { added: false }
        const { id: _, ...body } = config
        return { added: true, account: await console.put(accountPath(id), body, Put) }
      }
      await withAnswer(command, run, ({ added }) =>
        added ? `Added. Sign it in with: surepost login --account ${id}` : 'Not added.',
      )
      done(EXIT.done)
    })
}

const editCommand = (accounts: Command, done: Done): void => {
  const edit = accounts
    .command('edit')
    .description('change an account; what is not named stays as it is')
    .argument('<id>', 'what it is called here')
    .option('--handle <name>', 'its name on the platform')
  withAccountOptions(edit).action(async (id: string, options: AccountOptions, command: Command) => {
    if (!AccountId.safeParse(id).success) command.error(`error: "${plain(id)}" is no id of an account.`)
    const { json: _json, ...named } = options as AccountOptions & { json?: boolean }
    if (Object.keys(named).length === 0) command.error('error: say what changes, such as --posts-per-day 20.')
    const run = async (console: Console) => {
      const { config } = await accountOf(console, id)
      const { id: _, ...body } = changed(config, options)
      return console.put(accountPath(id), body, Put)
    }
    await withAnswer(command, run, () => `${plain(id)} is changed.`)
    done(EXIT.done)
  })
}

const removeCommand = (accounts: Command, done: Done): void => {
  accounts
    .command('remove')
    .description('remove an account: its session is forgotten and nothing is begun on it; its history is kept')
    .argument('<id>', 'what it is called here')
    .option('--yes', 'do not ask first; needed where there is no terminal to ask on')
    .action(async (id: string, { yes = false }: { readonly yes?: boolean }, command: Command) => {
      if (!yes && !process.stdin.isTTY) command.error('error: there is no terminal to ask on: add --yes.')
      const run = async (console: Console, signal: AbortSignal) => {
        const { handle } = await accountOf(console, id)
        const question = `Remove ${plain(id)} (@${plain(handle)})? Its session is forgotten, and what is live is measured no more.`
        if (!yes && !(await confirm(question, signal))) return { account: id, removed: false }
        return console.remove(accountPath(id), Removed)
      }
      const { removed } = await withAnswer(command, run, (answer) =>
        answer.removed ? `${plain(id)} is removed; its history is kept.` : 'Not removed.',
      )
      done(removed ? EXIT.done : EXIT.failed)
    })
}
