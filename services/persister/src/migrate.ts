import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { messageOf } from '@surepost/shared/errors'
import { asSecret, parseConfig, url } from '@surepost/shared/runtime'
import { runMigrations } from './migrations/run.ts'

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** One-shot: bring the database of DATABASE_URL up to date. `--json` prints one line for scripts. */
const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } })
  const { DATABASE_URL, MIGRATIONS_DIR } = parseConfig({
    DATABASE_URL: asSecret(url('postgres', 'postgresql')),
    MIGRATIONS_DIR: z.string().default(fileURLToPath(new URL('../../../supabase/migrations/', import.meta.url))),
  })
  const report = await runMigrations(DATABASE_URL, MIGRATIONS_DIR, values.json ? undefined : say)
  if (values.json) say(JSON.stringify(report))
  else
    say(
      report.applied.length === 0
        ? `nothing to do: all ${report.total} migrations are applied`
        : `done: ${report.applied.length} of ${report.total} migrations applied`,
    )
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exitCode = 1
}
