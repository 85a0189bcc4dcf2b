import { randomUUID } from 'node:crypto'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { openConsole, withConsole } from '../console/access.ts'
import { linksOf, postLine, type Post } from '../console/posts.ts'
import { EXIT, examples, exitHelp } from '../exit-codes.ts'
import { interruptible } from '../interrupt.ts'
import { segmentsOf, type Picture } from '../post/compose.ts'
import { readText } from '../post/read-text.ts'
import { submit, theAccount } from '../post/submit.ts'
import { type Target, targetOption } from '../post/target.ts'
import { statusOf, untilEnd } from '../post/wait.ts'
import { atOption } from '../post/when.ts'
import { progressOnStderr } from '../progress.ts'
import { wholeNumber } from '../whole-number.ts'

interface PostOptions {
  readonly account?: string
  readonly file?: string
  readonly image?: readonly Picture[]
  readonly at?: Date
  readonly replyTo?: Target
  readonly review?: boolean
  readonly wait?: boolean
  readonly timeout: number
  readonly idempotencyKey?: string
  readonly json?: boolean
}

/** `surepost post`: submit a post, a thread or an answer, and follow it to its end if asked. */
export const postCommand = (program: Command, done: (code: number) => void): void => {
  const command = withConsole(program.command('post'))
    .description('submit a post; a line that is only --- splits a thread')
    .argument('[text...]', 'the text; from --file or standard input (-) when it is left out')
    .option('--account <id>', 'on which account; may be left out where there is only one')
    .option('--file <path>', 'read the text from a file')
  withPictures(command)
    .addOption(
      new Option('--at <time>', 'when: +90m, "2026-12-01 09:00" (here), 2026-12-01T09:00:00Z').argParser((t) =>
        atOption(t),
      ),
    )
    .addOption(new Option('--reply-to <id or link>', 'answer this post').argParser(targetOption))
    .option('--review', 'let a person approve it first')
    .option('--wait', 'stay until it is live, or has ended otherwise')
    .addOption(
      new Option('--timeout <seconds>', 'how long --wait waits').argParser(wholeNumber(1, 604_800)).default(600),
    )
    .option('--idempotency-key <key>', 'however often it is submitted with this key, it is one post')
    .addHelpText(
      'after',
      examples(
        'post "Hello from Surepost"',
        'post --account ada --image chart.png --alt "Sales by month" "The month in figures"',
        'post --file thread.txt --at "2026-12-01 09:00"',
        'echo "Backup done" | surepost post --wait --json --idempotency-key backup-2026-12-01',
      ),
    )
    .addHelpText(
      'after',
      exitHelp({
        done: 'accepted; with --wait: live',
        failed: 'refused; with --wait: failed, missed, cancelled or needs_attention',
        pending: '--wait ended first; the post goes on',
      }),
    )
    .action(async (words: readonly string[], options: PostOptions, self: Command) => {
      const post = await interruptible((signal) => run(words, options, self, signal))
      const text = [postLine(post), linksOf(post)].filter((line) => line !== '').join('\n')
      process.stdout.write(`${options.json === true ? JSON.stringify(post) : text}\n`)
      done(options.wait === true ? statusOf(post.state) : EXIT.done)
    })
}

const run = async (
  words: readonly string[],
  options: PostOptions,
  command: Command,
  signal: AbortSignal,
): Promise<Post> => {
  const pictures = options.image ?? []
  const source = { words, file: options.file, optional: pictures.length > 0 }
  const texts = segmentsOf(await readText(command, source, signal))
  const console = await openConsole(command, signal)
  const wish = {
    account: options.account ?? (await theAccount(console)),
    texts,
    pictures,
    at: options.at,
    replyTo: options.replyTo,
    review: options.review ?? false,
    idempotencyKey: options.idempotencyKey ?? randomUUID(),
  }
  const post = await submit(console, wish)
  if (options.wait !== true) return post
  const { id } = post
  return untilEnd(console, { id, first: post, seconds: options.timeout, progress: progressOnStderr() }, signal)
}

/** `--image`, `--alt` and `--on` in turn: what is said after an image is said of it. */
export const withPictures = (command: Command): Command => {
  let pictures: Picture[] = []
  const ofLast = (change: Partial<Picture>): readonly Picture[] => {
    const last = pictures.at(-1)
    if (last === undefined) throw new InvalidArgumentError('Give the --image first that it is of.')
    pictures = [...pictures.slice(0, -1), { ...last, ...change }]
    // The list is kept under the option's own name, since what follows an image changes it.
    command.setOptionValueWithSource('image', pictures, 'cli')
    return pictures
  }
  return command
    .addOption(
      new Option('--image <file>', 'an image: PNG, JPEG, GIF or WebP; may be repeated').argParser((file: string) => {
        pictures = [...pictures, { file, alt: '', segment: 1 }]
        return pictures
      }),
    )
    .addOption(new Option('--alt <text>', 'what the image before it shows').argParser((alt: string) => ofLast({ alt })))
    .addOption(
      new Option('--on <n>', 'the segment that the image before it belongs to (1)').argParser((text: string) =>
        ofLast({ segment: wholeNumber(1, 25)(text) }),
      ),
    )
}
