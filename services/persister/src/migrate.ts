import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { messageOf } from '@surepost/shared/errors'
import { applyPolicies, vhostOf } from '@surepost/shared/messaging'
import { amqpVariables, asSecret, integer, parseConfig, url } from '@surepost/shared/runtime'
import { runMigrations } from './migrations/run.ts'
import { waitForPostgres } from './migrations/wait.ts'

const say = (line: string): void => void process.stdout.write(`${line}\n`)

/** What the one-shot needs to know; see README.md. */
export const migrateVariables = {
  DATABASE_URL: asSecret(url('postgres', 'postgresql')),
  MIGRATIONS_DIR: z.string().default(fileURLToPath(new URL('../../../supabase/migrations/', import.meta.url))),
  /** How long a database that does not answer yet is waited for. */
  WAIT_SECONDS: integer(0, 3_600).default(0),
  AMQP_URL: amqpVariables.AMQP_URL.optional(),
  RABBITMQ_MANAGEMENT_URL: amqpVariables.RABBITMQ_MANAGEMENT_URL,
  BROKER_SHARDS: amqpVariables.BROKER_SHARDS,
}

/**
 * One-shot: bring the database of DATABASE_URL up to date, and RabbitMQ's policies where AMQP_URL and RABBITMQ_MANAGEMENT_URL
 * are given. `--json` prints one line for scripts.
 */
const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } })
  const config = parseConfig(migrateVariables)
  const { DATABASE_URL, AMQP_URL, RABBITMQ_MANAGEMENT_URL } = config
  if (AMQP_URL !== undefined && RABBITMQ_MANAGEMENT_URL !== undefined) {
    await applyPolicies(RABBITMQ_MANAGEMENT_URL, vhostOf(AMQP_URL), config.BROKER_SHARDS)
    if (!values.json) say('the policies of RabbitMQ are in force')
  }
  await waitForPostgres(DATABASE_URL, config.WAIT_SECONDS * 1_000)
  const report = await runMigrations(DATABASE_URL, config.MIGRATIONS_DIR, values.json ? undefined : say)
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
