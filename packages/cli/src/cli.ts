import { Command, CommanderError } from 'commander'
import { StackError } from '@surepost/stack'
import { messageOf } from '@surepost/shared/errors'
import { accountsCommand } from './commands/accounts.ts'
import { approveCommand, cancelCommand, deleteCommand, rejectCommand } from './commands/decide.ts'
import { editCommand } from './commands/edit.ts'
import { jobsCommand } from './commands/jobs.ts'
import { killSwitchCommand } from './commands/kill-switch.ts'
import { listCommand } from './commands/list.ts'
import { loginCommand } from './commands/login.ts'
import { pauseCommand, resumeCommand } from './commands/pause.ts'
import { poolCommand } from './commands/pool.ts'
import { postCommand } from './commands/post.ts'
import { showCommand } from './commands/show.ts'
import { statusCommand } from './commands/status.ts'
import { alertsCommand } from './commands/alerts.ts'
import { auditCommand } from './commands/audit.ts'
import { benchCommand } from './commands/bench.ts'
import { chaosCommand } from './commands/chaos.ts'
import { checkCommand } from './commands/check.ts'
import { deadCommand } from './commands/dead.ts'
import { demoCommand } from './commands/demo.ts'
import { docsCommand } from './commands/docs.ts'
import { downCommand } from './commands/down.ts'
import { simulateCommand } from './commands/simulate.ts'
import { exportCommand } from './commands/export.ts'
import { repliesCommand } from './commands/replies.ts'
import { stackCommand } from './commands/stack.ts'
import { testCommand } from './commands/test.ts'
import { upCommand } from './commands/up.ts'
import { ConsoleAwayError, ConsoleError } from './console/client.ts'
import { EXIT } from './exit-codes.ts'
import { Interrupted } from './interrupt.ts'
import { red } from './output.ts'

/** Exit status of a command that ended as it should, unless it says otherwise. */
export type ExitCode = number

const COMMANDS = [
  demoCommand,
  upCommand,
  downCommand,
  stackCommand,
  postCommand,
  listCommand,
  showCommand,
  editCommand,
  approveCommand,
  rejectCommand,
  cancelCommand,
  deleteCommand,
  repliesCommand,
  statusCommand,
  alertsCommand,
  deadCommand,
  jobsCommand,
  poolCommand,
  accountsCommand,
  loginCommand,
  pauseCommand,
  resumeCommand,
  killSwitchCommand,
  testCommand,
  checkCommand,
  chaosCommand,
  simulateCommand,
  auditCommand,
  exportCommand,
  benchCommand,
  docsCommand,
]

/** Run one command line. @returns the exit status; everything that went wrong has been said on standard error */
export const runCli = async (args: readonly string[]): Promise<ExitCode> => {
  let code: ExitCode = 0
  const program = new Command('surepost')
    .description('Publishes, records and measures social posts: live once, recorded always, measured without gaps.')
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError('Run "surepost --help" for all commands.')
  const done = (status: ExitCode): void => {
    code = status
  }
  for (const command of COMMANDS) command(program, done)
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    return explain(error)
  }
}

const explain = (error: unknown): ExitCode => {
  // Commander has said what was wrong, or has printed the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
  if (error instanceof Interrupted) return error.exitCode
  console.error(red(messageOf(error)))
  // A plain sentence suffices where the person can act on it; anything else is a defect of ours.
  const isSaid = error instanceof StackError || error instanceof ConsoleError
  if (!isSaid && error instanceof Error && error.stack !== undefined) console.error(error.stack)
  return error instanceof ConsoleAwayError ? EXIT.away : EXIT.failed
}
