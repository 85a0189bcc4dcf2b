import { pause } from '@surepost/shared/runtime'
import { Client, DatabaseError } from 'pg'

const AGAIN_MS = 1_000

/** "The database system is starting up" and the like (class 57P): it answers, and not yet with what is asked. */
const isStarting = (error: unknown): boolean =>
  !(error instanceof DatabaseError) || error.code?.startsWith('57P') === true

/**
 * Wait until Postgres takes a connection. What it refuses for good (a password, a database that is not there) is not waited for.
 * @param ms 0 tries once
 * @throws the error of the last attempt
 */
export const waitForPostgres = async (databaseUrl: string, ms: number): Promise<void> => {
  for (const deadline = Date.now() + ms; ; ) {
    const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 })
    try {
      await client.connect()
      return await client.end()
    } catch (error) {
      if (!isStarting(error) || Date.now() >= deadline) throw error
      await pause(AGAIN_MS)
    }
  }
}
