import type { Command } from 'commander'
import { withConsole } from '../console/access.ts'
import { Pool, poolText } from '../console/pool.ts'
import { withAnswer } from '../console/with-answer.ts'
import { EXIT, examples, exitHelp } from '../exit-codes.ts'

/** `surepost pool`: the browsers, who has them and who waits. */
export const poolCommand = (program: Command, done: (code: number) => void): void => {
  withConsole(program.command('pool'))
    .description('show the browsers of each shard: leased, free, in line')
    .addHelpText('after', examples('pool', 'pool --json | jq ".leases[].account"'))
    .addHelpText('after', exitHelp({ done: 'every browser-broker answers', failed: 'one does not' }))
    .action(async (_options: object, command: Command) => {
      const { silent } = await withAnswer(command, (console) => console.get('v1/leases', Pool), poolText)
      done(silent.length > 0 ? EXIT.failed : EXIT.done)
    })
}
