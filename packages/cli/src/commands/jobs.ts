import type { Command } from 'commander'
import { withConsole } from '../console/access.ts'
import type { Console } from '../console/client.ts'
import { Jobs, isTroubled, jobsTable } from '../console/jobs.ts'
import { withAnswer } from '../console/with-answer.ts'
import { EXIT, examples, exitHelp } from '../exit-codes.ts'

/** `surepost jobs`: what runs by itself. */
export const jobsCommand = (program: Command, done: (code: number) => void): void => {
  withConsole(program.command('jobs'))
    .description('list the jobs: last success and failure, failures in a row, next due')
    .addHelpText('after', examples('jobs', 'jobs --json | jq ".jobs[] | select(.consecutiveFailures > 0)"'))
    .addHelpText('after', exitHelp({ done: 'all run', failed: 'one is late, or failed three times in a row' }))
    .action(async (_options: object, command: Command) => {
      const now = new Date()
      const ask = (console: Console) => console.get('v1/jobs', Jobs)
      const { jobs } = await withAnswer(command, ask, (answer) => jobsTable(answer, now))
      done(jobs.some((job) => isTroubled(job, now)) ? EXIT.failed : EXIT.done)
    })
}
