import type { Command } from 'commander'
import { z } from 'zod'
import { withConsole } from '../console/access.ts'
import { type Console, ConsoleError } from '../console/client.ts'
import { confirm } from '../console/confirm.ts'
import { plain } from '../console/plain.ts'
import { Post, postPath } from '../console/posts.ts'
import { withAnswer } from '../console/with-answer.ts'
import { EXIT, examples, exitHelp } from '../exit-codes.ts'
import { wholeNumber } from '../whole-number.ts'

type Done = (code: number) => void

const Approved = z.looseObject({ id: z.string(), state: z.string() })
const Called = z.looseObject({ result: z.string() })
const Deleting = z.looseObject({ id: z.string(), segment: z.int(), state: z.string() })

const textOf = ({ segments }: Pick<Post, 'segments'>): string => segments.map(({ text }) => plain(text)).join('\n---\n')

/** Asked where the person has not said yes already. @throws CommanderError where there is no terminal to ask on */
const needsTerminal = (command: Command, yes: boolean): void => {
  if (!yes && !process.stdin.isTTY) command.error('error: there is no terminal to ask on: add --yes.')
}

/** `surepost approve`: what is approved is what was read; its hash goes with the word. */
export const approveCommand = (program: Command, done: Done): void => {
  withConsole(program.command('approve'))
    .description('let a post or an answer go out as it stands')
    .argument('<id>', 'its id')
    .option('--yes', 'do not show it and ask first; needed where there is no terminal to ask on')
    .addHelpText('after', examples('approve 0193b0c8-…', 'approve 0193b0c8-… --yes --json'))
    .action(async (id: string, { yes = false }: { readonly yes?: boolean }, command: Command) => {
      needsTerminal(command, yes)
      const approve = async (console: Console, signal: AbortSignal) => {
        const post = await console.get(postPath(id), Post)
        const agreed = yes || (await confirm(`${textOf(post)}\nLet this go out for ${plain(post.account)}?`, signal))
        return agreed ? console.post(postPath(id, 'approve'), { hash: post.hash }, Approved) : { id, state: post.state }
      }
      await withAnswer(command, approve, (answer) => `${plain(answer.id)} is ${plain(answer.state)}.`)
      done(EXIT.done)
    })
}

/** `cancel` and `reject` are asked in the same way, and answered by the ledger. */
const calledOff =
  (name: 'cancel' | 'reject', description: string) =>
  (program: Command, done: Done): void => {
    withConsole(program.command(name))
      .description(description)
      .argument('<id>', 'its id')
      .option('--reason <words>', 'why, for the record')
      .addHelpText('after', examples(`${name} 0193b0c8-… --reason "the figures were wrong"`))
      .addHelpText('after', exitHelp({ done: 'it is cancelled', failed: 'refused, or too late: it goes on' }))
      .action(async (id: string, { reason }: { readonly reason?: string }, command: Command) => {
        const ask = (console: Console) =>
          console.post(postPath(id, name), reason === undefined ? {} : { reason }, Called)
        const { result } = await withAnswer(command, ask, (answer) =>
          answer.result === 'cancelled'
            ? `${plain(id)} is cancelled.`
            : `It is too late: publishing ${plain(id)} has begun, and it goes on.`,
        )
        done(result === 'cancelled' ? EXIT.done : EXIT.failed)
      })
  }

/** `surepost cancel` */
export const cancelCommand = calledOff('cancel', 'call a post off of which no segment has begun')
/** `surepost reject` */
export const rejectCommand = calledOff('reject', 'say no to a post that waits for approval')

/** Which live segment is meant. @throws ConsoleError when it is not said and there are several */
const liveSegment = (
  post: Post,
  wanted: number | undefined,
): { readonly index: number; readonly platformId: string } => {
  const live = post.segments.filter(({ state, platformId }) => state === 'live' && platformId !== null)
  const chosen = wanted === undefined ? live : live.filter(({ index }) => index === wanted - 1)
  const [one, ...others] = chosen
  if (one?.platformId == null)
    throw new ConsoleError(
      wanted === undefined
        ? `Nothing of post ${plain(post.id)} is live: there is nothing to delete.`
        : `Segment ${wanted} of post ${plain(post.id)} is not live.`,
    )
  if (others.length > 0) throw new ConsoleError(`${live.length} segments are live: say which with --segment, or --all.`)
  return { index: one.index, platformId: one.platformId }
}

interface DeleteOptions {
  readonly segment?: number
  readonly all?: boolean
  readonly yes?: boolean
}

/** `surepost delete`: one live segment from the platform, or all of a post, the last first. */
export const deleteCommand = (program: Command, done: Done): void => {
  withConsole(program.command('delete'))
    .description('delete what is live of a post from the platform')
    .argument('<id>', 'its id')
    .option('--segment <n>', 'which, counted from 1; needed where several are live', wholeNumber(1, 25))
    .option('--all', 'every live segment of it, the last first')
    .option('--yes', 'do not ask first; needed where there is no terminal to ask on')
    .addHelpText('after', examples('delete 0193b0c8-…', 'delete 0193b0c8-… --all --yes'))
    .action(async (id: string, { segment, all = false, yes = false }: DeleteOptions, command: Command) => {
      if (segment !== undefined && all) command.error('error: give --segment or --all, not both.')
      needsTerminal(command, yes)
      const remove = async (console: Console, signal: AbortSignal) => {
        const post = await console.get(postPath(id), Post)
        const wanted = all
          ? post.segments
              .filter((s) => s.state === 'live')
              .map(({ index }) => liveSegment(post, index + 1))
              .toReversed()
          : [liveSegment(post, segment)]
        if (wanted.length === 0) liveSegment(post, undefined)
        const what = wanted.map(({ index }) => plain(post.segments[index]?.url ?? '')).join('\n')
        if (!yes && !(await confirm(`${what}\nDelete ${wanted.length === 1 ? 'this' : 'these'} for good?`, signal)))
          return { deleting: [] }
        const deleting = []
        for (const { index, platformId } of wanted)
          deleting.push(
            await console.remove(
              `${postPath(id, 'segments', String(index))}?confirm=${encodeURIComponent(platformId)}`,
              Deleting,
            ),
          )
        return { deleting }
      }
      await withAnswer(command, remove, ({ deleting }) =>
        deleting.length === 0
          ? 'Nothing was deleted.'
          : `Asked for: ${deleting.length === 1 ? '1 segment is' : `${deleting.length} segments are`} being deleted.`,
      )
      done(EXIT.done)
    })
}
