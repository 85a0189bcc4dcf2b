import { Client } from 'pg'
import { afterAll } from 'vitest'
import { isolate } from '@surepost/testkit'
import { type AppliedFact, type Database, connectDatabase } from '@surepost/shared/database'
import { silentLogger } from '@surepost/shared/runtime'

export interface TestDatabase {
  readonly database: Database
  readonly sql: Client
  readonly apply: (...facts: readonly AppliedFact[]) => Promise<void>
  /** Make the database of the test file believe that time has passed, for what a test claims to be waited for. */
  readonly age: (
    table: 'posts' | 'checks' | 'mentions' | 'accounts' | 'job_locks',
    column: string,
    seconds: number,
  ) => Promise<void>
}

/** A database of the test file's own, through PostgREST as the persister reaches it, and by SQL to look behind. */
export const testDatabase = async (): Promise<TestDatabase> => {
  const { endpoints } = await isolate()
  const database = connectDatabase({
    url: endpoints.supabaseUrl,
    key: endpoints.supabaseKey,
    log: silentLogger(),
  })
  const sql = new Client({ connectionString: endpoints.postgresUrl })
  await sql.connect()
  afterAll(async () => {
    await sql.end()
    await database[Symbol.asyncDispose]()
  })
  return {
    database,
    sql,
    async apply(...facts) {
      await database.rpc('apply_facts', { facts })
    },
    async age(table, column, seconds) {
      await sql.query(`update ${table} set ${column} = ${column} - make_interval(secs => $1)`, [seconds])
    },
  }
}
