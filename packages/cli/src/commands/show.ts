import type { Command } from 'commander'
import { withConsole } from '../console/access.ts'
import { ConsoleAwayError } from '../console/client.ts'
import { History, Post, postPath, postText } from '../console/posts.ts'
import { withAnswer } from '../console/with-answer.ts'
import { EXIT, examples } from '../exit-codes.ts'

/** `surepost show`: one post and everything that was said of it. */
export const showCommand = (program: Command, done: (code: number) => void): void => {
  withConsole(program.command('show'))
    .description('show one post with its segments, their figures and its whole history')
    .argument('<id>', 'its id')
    .addHelpText('after', examples('show 0193b0c8-…', 'show 0193b0c8-… --json | jq .history.facts'))
    .action(async (id: string, _options: object, command: Command) => {
      await withAnswer(
        command,
        async (console) => {
          const post = await console.get(postPath(id), Post)
          // A post that was just submitted is known while the database, which has its history, is away.
          const history = await console.get(postPath(id, 'history'), History).catch((error: unknown) => {
            if (error instanceof ConsoleAwayError) return null
            throw error
          })
          return { post, history }
        },
        ({ post, history }) => postText(post, history),
      )
      done(EXIT.done)
    })
}
