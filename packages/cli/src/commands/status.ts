import type { Command } from 'commander'
import { withConsole } from '../console/access.ts'
import { type Console, ConsoleAwayError } from '../console/client.ts'
import { Active, Overview, Standing, statusOf, statusText } from '../console/status.ts'
import { withAnswer } from '../console/with-answer.ts'
import { EXIT, examples, exitHelp } from '../exit-codes.ts'

/** `surepost status`: the overview in a terminal, and for a monitor. */
export const statusCommand = (program: Command, done: (code: number) => void): void => {
  withConsole(program.command('status'))
    .description('say how everything stands: what waits, is in flight, live, recorded, measured, and what is wrong')
    .addHelpText('after', examples('status', 'status --json | jq .wrong'))
    .addHelpText('after', exitHelp({ done: 'everything is well', failed: 'something is wrong' }))
    .action(async (_options: object, command: Command) => {
      const { ok } = await withAnswer(command, read, statusText)
      done(ok ? EXIT.done : EXIT.failed)
    })
}

const read = async (console: Console) => {
  // What is away is part of the answer; a console that says nothing at all is not.
  const orNull = async <T>(work: Promise<T>): Promise<T | null> =>
    work.catch((error: unknown) => {
      if (error instanceof ConsoleAwayError) return null
      throw error
    })
  const overview = await console.get('v1/overview', Overview)
  const [active, killSwitch] = await Promise.all([
    orNull(console.get('v1/alerts?active=true&limit=200', Active)),
    orNull(console.get('v1/kill-switch', Standing)),
  ])
  return statusOf({ overview, alerts: active?.alerts ?? null, killSwitch })
}
