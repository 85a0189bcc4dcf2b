import { type Command, Option } from 'commander'
import { withConsole } from '../console/access.ts'
import { PostPage, postsTable } from '../console/posts.ts'
import { withAnswer } from '../console/with-answer.ts'
import { EXIT, examples } from '../exit-codes.ts'
import { wholeNumber } from '../whole-number.ts'

interface ListOptions {
  readonly state?: string
  readonly account?: string
  readonly limit: number
  readonly cursor?: string
}

/** `surepost list`: posts, newest first. */
export const listCommand = (program: Command, done: (code: number) => void): void => {
  withConsole(program.command('list'))
    .description('list posts, newest first')
    .option('--state <states>', 'only those in these states, with commas between')
    .option('--account <id>', 'only those of one account')
    .addOption(new Option('--limit <n>', 'at most so many').argParser(wholeNumber(1, 100)).default(25))
    .option('--cursor <next>', 'go on after an earlier page')
    .addHelpText(
      'after',
      examples('list --state failed,missed,needs_attention', 'list --account ada --limit 100 --json | jq .posts'),
    )
    .action(async ({ state, account, limit, cursor }: ListOptions, command: Command) => {
      const query = new URLSearchParams({ limit: String(limit) })
      if (state !== undefined) query.set('state', state)
      if (account !== undefined) query.set('account', account)
      if (cursor !== undefined) query.set('cursor', cursor)
      await withAnswer(command, (console) => console.get(`v1/posts?${query.toString()}`, PostPage), postsTable)
      done(EXIT.done)
    })
}
