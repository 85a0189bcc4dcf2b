import { type Command, Option } from 'commander'
import { withConsole } from '../console/access.ts'
import type { Console } from '../console/client.ts'
import { confirm } from '../console/confirm.ts'
import { Counts, Letter, Letters, Settled, countsTable, letterText, lettersTable } from '../console/letters.ts'
import { oneLine } from '../console/plain.ts'
import { withAnswer } from '../console/with-answer.ts'
import { wholeNumber } from '../whole-number.ts'

type Which = { readonly id: string } | { readonly all: true }
type Done = (code: number) => void

const pathOf = (queue: string, ...rest: readonly string[]): string =>
  ['v1', 'dead', queue, ...rest].map(encodeURIComponent).join('/')

const whichOf = (command: Command, id: string | undefined, all: boolean): Which => {
  if (id !== undefined && all) return command.error('error: give the id of one letter or --all, not both.')
  if (id !== undefined) return { id }
  return all ? { all: true } : command.error('error: say which letters: the id of one, or --all.')
}

/** `surepost dead`: the messages that could not be handled. */
export const deadCommand = (program: Command, done: Done): void => {
  const dead = program
    .command('dead')
    .description('count the dead letters (messages that could not be handled) of every queue')
    // The options that say which console is meant may stand anywhere, and are told in the help of every subcommand.
    .enablePositionalOptions(false)
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('Run "surepost dead --help" for its commands.')
  withConsole(dead).action(async (_options: object, command: Command) => {
    await withAnswer(command, (console) => console.get('v1/dead', Counts), countsTable)
    done(0)
  })
  listCommand(dead, done)
  showCommand(dead, done)
  replayCommand(dead, done)
  discardCommand(dead, done)
}

const listCommand = (dead: Command, done: Done): void => {
  dead
    .command('list')
    .description('list the oldest dead letters of one queue')
    .argument('<queue>', 'the queue that they were parked from, such as poster.publish.0')
    .addOption(new Option('--limit <n>', 'at most so many').argParser(wholeNumber(1, 500)).default(50))
    .action(async (queue: string, { limit }: { readonly limit: number }, command: Command) => {
      const list = (console: Console) => console.get(`${pathOf(queue)}?limit=${limit}`, Letters)
      await withAnswer(command, list, (letters) => lettersTable(queue, letters))
      done(0)
    })
}

const showCommand = (dead: Command, done: Done): void => {
  dead
    .command('show')
    .description('show one dead letter: why it was parked, and what is in it')
    .argument('<queue>', 'the queue that it was parked from')
    .argument('<id>', 'its id')
    .action(async (queue: string, id: string, _options: object, command: Command) => {
      await withAnswer(command, (console) => console.get(pathOf(queue, id), Letter), letterText)
      done(0)
    })
}

const replayCommand = (dead: Command, done: Done): void => {
  dead
    .command('replay')
    .description('send dead letters to their queue again, as first attempts with their own ids')
    .argument('<queue>', 'the queue that they were parked from')
    .argument('[id]', 'the id of one')
    .option('--all', 'all that are there at the moment')
    .action(async (queue: string, id: string | undefined, { all = false }: { all?: boolean }, command: Command) => {
      const which = whichOf(command, id, all)
      const replay = (console: Console) => console.post(pathOf(queue, 'replay'), which, Settled)
      await withAnswer(command, replay, ({ count }) => `Replayed ${count} of ${queue}.`)
      done(0)
    })
}

interface DiscardOptions {
  readonly all?: boolean
  readonly yes?: boolean
}

const discardCommand = (dead: Command, done: Done): void => {
  dead
    .command('discard')
    .description('throw dead letters away, for good')
    .argument('<queue>', 'the queue that they were parked from')
    .argument('[id]', 'the id of one')
    .option('--all', 'all that are there at the moment')
    .option('--yes', 'do not ask first; needed where there is no terminal to ask on')
    .action(async (queue: string, id: string | undefined, options: DiscardOptions, command: Command) => {
      const { all = false, yes = false } = options
      const which = whichOf(command, id, all)
      if (!yes && !process.stdin.isTTY)
        command.error('error: there is no terminal to ask on: add --yes to discard for good.')
      const discard = async (console: Console, signal: AbortSignal) => {
        const agreed = yes || (await confirm(await questionOf(console, queue, which), signal))
        return agreed ? console.post(pathOf(queue, 'discard'), which, Settled) : { count: 0 }
      }
      await withAnswer(command, discard, ({ count }) => `Discarded ${count} of ${queue}.`)
      done(0)
    })
}

/** What the person is about to lose. @throws ConsoleError for a queue or a letter that there is not */
const questionOf = async (console: Console, queue: string, which: Which): Promise<string> => {
  if ('id' in which) {
    const { type, reason } = await console.get(pathOf(queue, which.id), Letter)
    return `Discard the ${oneLine(type, 60)} that was parked because ${oneLine(reason, 200)}?`
  }
  await console.get(`${pathOf(queue)}?limit=1`, Letters)
  const { queues } = await console.get('v1/dead', Counts)
  const messages = queues.find((one) => one.queue === queue)?.messages ?? 0
  return `Discard all dead letters of ${queue} (${messages} at the moment)?`
}
