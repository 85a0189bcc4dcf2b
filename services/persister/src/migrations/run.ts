import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Client, DatabaseError } from 'pg'
import { messageOf } from '@surepost/shared/errors'
import { type Applied, type Migration, parseFileName, planMigrations } from './plan.ts'

export interface MigrationReport {
  readonly applied: readonly string[]
  readonly total: number
}

// The table of the Supabase CLI (supabase/cli, pkg/migration/history.go), so that either tool goes on where the other stopped.
const HISTORY = `
  create schema if not exists supabase_migrations;
  create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
  alter table supabase_migrations.schema_migrations add column if not exists statements text[];
  alter table supabase_migrations.schema_migrations add column if not exists name text;
`
// The CLI records a migration statement by statement, we as one: only ours can be compared with the file.
const APPLIED = `
  select version, case when cardinality(statements) = 1 then statements[1] end as sql
  from supabase_migrations.schema_migrations order by version
`
/** Any number of its own: one runner at a time per database. */
const LOCK = 7_373_007

/** The migrations of a folder, in order. */
export const readMigrations = async (folder: string): Promise<readonly Migration[]> => {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).toSorted()
  return Promise.all(
    files.map(async (file) => ({ ...parseFileName(file), sql: await readFile(join(folder, file), 'utf8') })),
  )
}

/**
 * Apply what the database lacks, each file in a transaction of its own together with its record, then tell PostgREST.
 * Another runner is waited for. Repeating it changes nothing.
 * @throws ConfigError for an order that cannot be (see `planMigrations`); Error with the file's name when one fails
 */
export const runMigrations = async (
  databaseUrl: string,
  folder: string,
  tell: (line: string) => void = () => {},
): Promise<MigrationReport> => {
  const migrations = await readMigrations(folder)
  const client = new Client({
    connectionString: databaseUrl,
    application_name: 'surepost-migrate',
    connectionTimeoutMillis: 10_000,
  })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK])
    await client.query(HISTORY)
    const { rows } = await client.query<Applied>(APPLIED)
    const missing = planMigrations(migrations, rows)
    for (const migration of missing) {
      await apply(client, migration)
      tell(`applied ${migration.version}_${migration.name}`)
    }
    if (missing.length > 0) await client.query("notify pgrst, 'reload schema'")
    return { applied: missing.map((migration) => migration.version), total: migrations.length }
  } finally {
    await client.end()
  }
}

const apply = async (client: Client, { version, name, sql }: Migration): Promise<void> => {
  try {
    await client.query('begin')
    await client.query(sql)
    await client.query(
      'insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)',
      [version, name, [sql]],
    )
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw new Error(
      `The migration ${version}_${name} failed, and nothing of it was kept: ${messageOf(error)}${placeOf(error, sql)}`,
      { cause: error },
    )
  }
}

/** The line that Postgres points at. */
const placeOf = (error: unknown, sql: string): string => {
  const position = error instanceof DatabaseError && error.position !== undefined ? Number(error.position) : undefined
  return position === undefined ? '' : ` (line ${sql.slice(0, position).split('\n').length})`
}
