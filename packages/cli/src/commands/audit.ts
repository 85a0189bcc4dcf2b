import { Option, type Command } from 'commander'
import { messageOf } from '@surepost/shared/errors'
import { dataOption } from '../data-option.ts'
import { interruptible, Interrupted } from '../interrupt.ts'
import { red } from '../output.ts'
import { sinceOption } from '../since.ts'

interface AuditOptions {
  readonly account?: string
  readonly since: Date
  readonly json?: boolean
  readonly data: string
}

/** What an audit's exit status says. */
export const AUDIT_STATUS = { clean: 0, gaps: 1, invalid: 2 } as const

/** `surepost audit`: compare what accounts show with what is recorded of them, now. */
export const auditCommand = (program: Command, done: (code: number) => void): void => {
  program
    .command('audit')
    .description(
      'compare what accounts show with what is recorded of them: unrecorded, missing, foreign, duplicate, wrong ids',
    )
    .option('--account <id>', 'only this account')
    .addOption(
      new Option('--since <time>', 'how far back to look: 7d, 12h or a date')
        .argParser((text) => sinceOption(text))
        .default(sinceOption('7d'), '7d'),
    )
    .option('--json', 'print one line of JSON with the report of each account')
    .addOption(dataOption())
    .addHelpText(
      'after',
      '\nThe exit status is 0 when both sides agree, 1 when gaps were found, and 2 when something could not be read,\nso that nothing is known. What is found is recorded; nothing is ever deleted.',
    )
    .action(async (options: AuditOptions) => {
      done(await interruptible((signal) => run(options, signal)))
    })
}

const run = async ({ account, since, json = false, data }: AuditOptions, signal: AbortSignal): Promise<number> => {
  try {
    const { auditAccounts } = await import('../audit/run.ts')
    const { auditLines } = await import('../audit/lines.ts')
    const audited = await auditAccounts({ dataDir: data, since, ...(account === undefined ? {} : { account }) }, signal)
    process.stdout.write(json ? `${JSON.stringify(audited)}\n` : `${auditLines(audited)}\n`)
    return AUDIT_STATUS[audited.outcome]
  } catch (error) {
    if (error instanceof Interrupted) throw error
    // What kept it from reading is no gap and no agreement: it is the status that says "nothing is known".
    process.stderr.write(`${red(messageOf(error))}\n`)
    return AUDIT_STATUS.invalid
  }
}
