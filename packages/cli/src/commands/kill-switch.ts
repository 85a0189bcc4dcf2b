import { type Command, Option } from 'commander'
import { withConsole } from '../console/access.ts'
import type { Console } from '../console/client.ts'
import { confirm } from '../console/confirm.ts'
import { plain } from '../console/plain.ts'
import { Standing } from '../console/status.ts'
import { withAnswer } from '../console/with-answer.ts'
import { EXIT, examples, exitHelp } from '../exit-codes.ts'
import { green, redOut } from '../output.ts'
import type { z } from 'zod'

type Done = (code: number) => void
const PATH = 'v1/kill-switch'

const standingText = ({ on, shards }: z.output<typeof Standing>): string => {
  if (!on) return green('The kill switch is off: posts go out.')
  const said = shards.filter((shard) => shard.on)
  const all = said.length === shards.length ? '' : ` (on ${said.length} of ${shards.length} shards)`
  return `${redOut(`The kill switch is on${all}: nothing outward is begun.`)}\n${plain(said[0]?.by ?? '')}: ${plain(said[0]?.reason ?? '')}`
}

/** `surepost kill-switch on|off|show`: stop everything outward, at once. */
export const killSwitchCommand = (program: Command, done: Done): void => {
  const killSwitch = withConsole(program.command('kill-switch'))
    .description('say whether everything outward is stopped; on stops it, off releases it')
    .enablePositionalOptions(false)
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('Run "surepost kill-switch --help" for its commands.')
    .addHelpText(
      'after',
      examples('kill-switch show', 'kill-switch on --reason "wrong figures went out"', 'kill-switch off --yes'),
    )
    .addHelpText('after', exitHelp({ done: 'said, or every ledger has it on its disk', failed: 'refused' }))
  const show = async (_options: object, command: Command): Promise<void> => {
    await withAnswer(command, (console) => console.get(PATH, Standing), standingText)
    done(EXIT.done)
  }
  killSwitch.action(show)
  killSwitch.command('show').description('say whether it is on, who set it and why').action(show)
  killSwitch
    .command('on')
    .description('stop everything outward, at once; what has begun is brought to its end')
    .addOption(new Option('--reason <words>', 'why, for whoever finds it on'))
    .action(async ({ reason }: { readonly reason?: string }, command: Command) => {
      const body = reason === undefined ? {} : { reason }
      await withAnswer(command, (console) => console.post(PATH, body, Standing), standingText)
      done(EXIT.done)
    })
  offCommand(killSwitch, done)
}

const offCommand = (killSwitch: Command, done: Done): void => {
  killSwitch
    .command('off')
    .description('let what waits go out again, within its budgets')
    .option('--yes', 'do not ask first; needed where there is no terminal to ask on')
    .action(async ({ yes = false }: { readonly yes?: boolean }, command: Command) => {
      if (!yes && !process.stdin.isTTY)
        command.error('error: there is no terminal to ask on: add --yes to let posts go out again.')
      const release = async (console: Console, signal: AbortSignal) => {
        const standing = await console.get(PATH, Standing)
        if (!standing.on) return standing
        const agreed = yes || (await confirm(`${standingText(standing)}\nLet posts go out again?`, signal))
        return agreed ? console.remove(PATH, Standing) : standing
      }
      await withAnswer(command, release, standingText)
      done(EXIT.done)
    })
}
