import { Option, type Command } from 'commander'
import { dataOption } from '../data-option.ts'
import { interruptible } from '../interrupt.ts'
import { sinceOption } from '../since.ts'

interface ExportOptions {
  readonly since: Date
  readonly format: 'csv' | 'jsonl'
  readonly data: string
}

/** `surepost export outcomes`: what was published and how it did, for whoever learns from it. */
export const exportCommand = (program: Command, done: (code: number) => void): void => {
  program
    .command('export')
    .description('write what is recorded to standard output')
    .command('outcomes')
    .description('every live segment with features of its content and its figures by age (view post_outcomes)')
    .addOption(
      new Option('--since <time>', 'published since: 7d, 12h or a date')
        .argParser((text) => sinceOption(text))
        .default(sinceOption('30d'), '30d'),
    )
    .addOption(new Option('--format <format>', 'how').choices(['csv', 'jsonl']).default('jsonl'))
    .addOption(dataOption())
    .action(async ({ data, since, format }: ExportOptions) => {
      const { exportOutcomes } = await import('../outcomes/export.ts')
      await interruptible((signal) => exportOutcomes({ dataDir: data, since, format }, signal))
      done(0)
    })
}
