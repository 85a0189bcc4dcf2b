import type { Command } from 'commander'
import { withConsole } from '../console/access.ts'
import { Jobs, isTroubled, jobsTable } from '../console/jobs.ts'
import { withAnswer } from '../console/with-answer.ts'
import { EXIT, examples, exitHelp } from '../exit-codes.ts'

/** `surepost jobs`: what runs by itself. */
export const jobsCommand = (program: Command, done: (code: number) => void): void => {
  withConsole(program.command('jobs'))
    .description('list the jobs: last success and failure, failures in a row, next due')
    .addHelpText('after', examples('jobs', 'jobs --json | jq ".items[] | select(.late)"'))
    .addHelpText('after', exitHelp({ done: 'all run', failed: 'one is late, or failed and has not succeeded since' }))
    .action(async (_options: object, command: Command) => {
      const { items } = await withAnswer(command, (console) => console.get('v1/jobs', Jobs), jobsTable)
      done(items.some(isTroubled) ? EXIT.failed : EXIT.done)
    })
}
