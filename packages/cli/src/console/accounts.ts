import { AccountConfig } from '@surepost/shared/contracts'
import Table from 'cli-table3'
import { z } from 'zod'
import { green, redOut, yellow } from '../output.ts'
import { type Console, ConsoleError } from './client.ts'
import { oneLine, plain } from './plain.ts'

const Used = z.looseObject({ lastHour: z.int(), lastDay: z.int() })

/** What the console answers of accounts, as far as it is shown. */
export const Account = z.looseObject({
  id: z.string(),
  platform: z.string(),
  handle: z.string(),
  config: AccountConfig,
  session: z.string(),
  paused: z.looseObject({ reason: z.string(), until: z.string().nullable() }).nullable(),
  used: z.looseObject({ post: Used, reply: Used }).nullable(),
})
export type Account = z.output<typeof Account>
export const Accounts = z.looseObject({ accounts: z.array(Account) })

/** An account's configuration, with what a person is told of the platform's rules when it is new. */
export const Put = z.looseObject({ id: z.string(), notices: z.array(z.string()).optional() })

export const Removed = z.looseObject({ account: z.string(), removed: z.boolean() })

export const accountPath = (id: string, ...rest: readonly string[]): string =>
  ['v1', 'accounts', id, ...rest].map(encodeURIComponent).join('/')

/** @throws ConsoleError that names those that there are */
export const accountOf = async (console: Pick<Console, 'get'>, id: string): Promise<Account> => {
  const { accounts } = await console.get('v1/accounts', Accounts)
  const account = accounts.find((one) => one.id === id)
  if (account !== undefined) return account
  const there = accounts.length === 0 ? 'There is none yet.' : `There are: ${accounts.map((one) => one.id).join(', ')}.`
  throw new ConsoleError(`There is no account "${plain(id)}". ${there}`)
}

const kind = (
  used: z.output<typeof Used> | undefined,
  budget: { readonly perHour: number; readonly perDay: number },
): string => `${used?.lastHour ?? '?'}/${budget.perHour} h, ${used?.lastDay ?? '?'}/${budget.perDay} d`

export const accountsTable = ({ accounts }: z.output<typeof Accounts>): string => {
  if (accounts.length === 0) return 'There is no account yet. Add one with "surepost accounts add".'
  const head = ['account', 'handle', 'session', 'posts', 'answers', 'state']
  const table = new Table({ head, style: { head: [], border: [] } })
  for (const { id, platform, handle, session, config, used, paused } of accounts)
    table.push([
      plain(id),
      `@${plain(handle)} (${plain(platform)})`,
      session === 'ready' ? green(session) : yellow(plain(session)),
      kind(used?.post, config.budgets.post),
      config.replies.enabled ? kind(used?.reply, config.budgets.reply) : 'off',
      paused === null ? 'works' : redOut(`paused: ${oneLine(paused.reason, 60)}`),
    ])
  return table.toString()
}
