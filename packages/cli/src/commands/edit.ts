import { type Command, Option } from 'commander'
import { withConsole } from '../console/access.ts'
import { Post, postLine, postPath } from '../console/posts.ts'
import { withAnswer } from '../console/with-answer.ts'
import { EXIT, examples, exitHelp } from '../exit-codes.ts'
import { type Picture, segmentsOf } from '../post/compose.ts'
import { readText } from '../post/read-text.ts'
import { segmentsWith } from '../post/submit.ts'
import { atOption } from '../post/when.ts'
import { withPictures } from './post.ts'

interface EditOptions {
  readonly file?: string
  readonly image?: readonly Picture[]
  readonly at?: Date
  readonly now?: boolean
}

/** `surepost edit`: write a post anew of which nothing was published. */
export const editCommand = (program: Command, done: (code: number) => void): void => {
  const command = withConsole(program.command('edit'))
    .description('write a post anew of which nothing was published; it waits for its approval then')
    .argument('<id>', 'its id')
    .argument('[text...]', 'the whole text; its images stay when no other is given')
    .option('--file <path>', 'read the text from a file; - is standard input')
  withPictures(command)
    .addOption(new Option('--at <time>', 'when: +90m, "2026-12-01 09:00" (here)').argParser((text) => atOption(text)))
    .option('--now', 'no time: as soon as it is approved')
    .addHelpText('after', examples('edit 0193b0c8-… "A better text"', 'edit 0193b0c8-… --at +2h'))
    .addHelpText('after', exitHelp({ done: 'edited: it is in review', failed: 'refused, such as too late' }))
    .action(async (id: string, words: readonly string[], options: EditOptions, self: Command) => {
      const { at, now = false, image: pictures = [] } = options
      if (at !== undefined && now) self.error('error: give --at or --now, not both.')
      const time = now ? { scheduledAt: null } : at === undefined ? {} : { scheduledAt: at.toISOString() }
      const timeOnly = words.length === 0 && options.file === undefined && pictures.length === 0
      if (timeOnly && Object.keys(time).length === 0)
        self.error('error: say what changes: a text, an image, --at or --now.')
      await withAnswer(
        self,
        async (console, signal) => {
          const { hash, segments } = await console.get(postPath(id), Post)
          if (timeOnly) return console.patch(postPath(id), { hash, ...time }, Post)
          const keep = words.length === 0 && options.file === undefined
          const texts = keep
            ? segments.map(({ text }) => text)
            : segmentsOf(await readText(self, { words, file: options.file, optional: false }, signal))
          const next = (await segmentsWith(console, texts, pictures)).map((segment, index) =>
            pictures.length > 0 ? segment : { ...segment, media: segments[index]?.media ?? [] },
          )
          return console.patch(postPath(id), { hash, segments: next, ...time }, Post)
        },
        postLine,
      )
      done(EXIT.done)
    })
}
