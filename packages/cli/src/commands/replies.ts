import { type Command, Option } from 'commander'
import { withConsole } from '../console/access.ts'
import type { Console } from '../console/client.ts'
import { confirm } from '../console/confirm.ts'
import { oneLine, plain } from '../console/plain.ts'
import { Approved, Draft, Drafts, Rejected, draftsTable, textOf } from '../console/replies.ts'
import { withAnswer } from '../console/with-answer.ts'
import { wholeNumber } from '../whole-number.ts'

type Done = (code: number) => void

const pathOf = (id: string, ...rest: readonly string[]): string =>
  ['v1', 'posts', id, ...rest].map(encodeURIComponent).join('/')

/** `surepost replies`: the answers that wait for a person. */
export const repliesCommand = (program: Command, done: Done): void => {
  const replies = program
    .command('replies')
    .description('list the answers that were drafted and wait for a person, newest first')
    .enablePositionalOptions(false)
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('Run "surepost replies --help" for its commands.')
    .option('--account <id>', 'of one account')
    .addOption(new Option('--limit <n>', 'look at so many posts in review').argParser(wholeNumber(1, 100)).default(50))
  withConsole(replies).action(async (_options: object, command: Command) => {
    const { account, limit } = command.opts<{ account?: string; limit: number }>()
    const query = new URLSearchParams({
      state: 'review',
      limit: String(limit),
      ...(account === undefined ? {} : { account }),
    })
    await withAnswer(command, (console) => console.get(`v1/posts?${query.toString()}`, Drafts), draftsTable)
    done(0)
  })
  approveCommand(replies, done)
  editCommand(replies, done)
  rejectCommand(replies, done)
}

/** What is approved is what was read: its hash goes with the word, so nothing that was edited meanwhile goes out. */
const approveCommand = (replies: Command, done: Done): void => {
  replies
    .command('approve')
    .description('let an answer go out as it stands')
    .argument('<id>', 'its id')
    .option('--yes', 'do not show it and ask first; needed where there is no terminal to ask on')
    .action(async (id: string, { yes = false }: { readonly yes?: boolean }, command: Command) => {
      if (!yes && !process.stdin.isTTY)
        command.error('error: there is no terminal to ask on: add --yes to approve what stands there.')
      const approve = async (console: Console, signal: AbortSignal) => {
        const draft = await console.get(pathOf(id), Draft)
        const agreed = yes || (await confirm(`${textOf(draft)}\nLet this go out for ${plain(draft.account)}?`, signal))
        return agreed ? console.post(pathOf(id, 'approve'), { hash: draft.hash }, Approved) : { id, state: draft.state }
      }
      await withAnswer(command, approve, ({ state }) => `It is ${plain(state)}.`)
      done(0)
    })
}

const editCommand = (replies: Command, done: Done): void => {
  replies
    .command('edit')
    .description('write an answer anew; it waits for its approval then')
    .argument('<id>', 'its id')
    .argument('<text>', 'the whole text')
    .action(async (id: string, text: string, _options: object, command: Command) => {
      const edit = async (console: Console) => {
        const { hash } = await console.get(pathOf(id), Draft)
        return console.patch(pathOf(id), { hash, segments: [{ text }] }, Draft)
      }
      await withAnswer(command, edit, (draft) => `It is in ${plain(draft.state)}: ${oneLine(textOf(draft), 200)}`)
      done(0)
    })
}

const rejectCommand = (replies: Command, done: Done): void => {
  replies
    .command('reject')
    .description('say no to an answer: it is never sent')
    .argument('<id>', 'its id')
    .option('--reason <words>', 'why, for the record')
    .action(async (id: string, { reason }: { readonly reason?: string }, command: Command) => {
      const body = reason === undefined ? {} : { reason }
      const reject = (console: Console) => console.post(pathOf(id, 'reject'), body, Rejected)
      await withAnswer(command, reject, ({ result }) =>
        result === 'cancelled' ? 'Rejected.' : `It is ${plain(result)}.`,
      )
      done(0)
    })
}
