import { type Command, Option } from 'commander'
import { z } from 'zod'
import { withConsole } from '../console/access.ts'
import type { Console } from '../console/client.ts'
import { plain } from '../console/plain.ts'
import { withAnswer } from '../console/with-answer.ts'
import { EXIT, examples } from '../exit-codes.ts'
import { atOption } from '../post/when.ts'

type Done = (code: number) => void

const Paused = z.looseObject({ account: z.string(), paused: z.boolean() })
const pathOf = (account: string, what: string): string => `v1/accounts/${encodeURIComponent(account)}/${what}`

interface PauseOptions {
  readonly reason?: string
  readonly until?: Date
}

/** `surepost pause`: begin nothing on an account. */
export const pauseCommand = (program: Command, done: Done): void => {
  withConsole(program.command('pause'))
    .description('begin nothing on an account until it is resumed; what has begun is brought to its end')
    .argument('<account>', 'its id')
    .option('--reason <words>', 'why, for the record')
    .addOption(new Option('--until <time>', 'resume by itself: +2h, "2026-12-01 09:00"').argParser((t) => atOption(t)))
    .addHelpText('after', examples('pause ada --reason "campaign over" --until +2d', 'pause ada'))
    .action(async (account: string, { reason, until }: PauseOptions, command: Command) => {
      const body = {
        ...(reason === undefined ? {} : { reason }),
        ...(until === undefined ? {} : { until: until.toISOString() }),
      }
      const text = `${plain(account)} is paused${until === undefined ? '' : ` until ${until.toISOString()}`}.`
      await withAnswer(
        command,
        (console) => console.post(pathOf(account, 'pause'), body, Paused),
        () => text,
      )
      done(EXIT.done)
    })
}

/** `surepost resume` */
export const resumeCommand = (program: Command, done: Done): void => {
  withConsole(program.command('resume'))
    .description('let a paused account go on')
    .argument('<account>', 'its id')
    .addHelpText('after', examples('resume ada'))
    .action(async (account: string, _options: object, command: Command) => {
      const resume = (console: Console) => console.post(pathOf(account, 'resume'), {}, Paused)
      await withAnswer(command, resume, () => `${plain(account)} goes on.`)
      done(EXIT.done)
    })
}
