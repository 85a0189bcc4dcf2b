import { management } from '../broker-definitions.ts'
import type { StackContext } from '../dependencies/dependency.ts'
import { withDatabase } from '../dependencies/postgres.ts'

// A close, or the death of a process, is seen a moment later by the server, and by RabbitMQ's management database later
// still on a busy machine: what is still there after this is left open. Nothing waits that was closed.
const GRACE_MS = 5_000

const settled = async (look: () => Promise<readonly string[]>): Promise<readonly string[]> => {
  const deadline = Date.now() + GRACE_MS
  for (;;) {
    const found = await look()
    if (found.length === 0 || Date.now() >= deadline) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Connections of clients to one database, a sentence each. PostgREST's own do not count. */
export const openInPostgres = (context: StackContext, database: string): Promise<readonly string[]> =>
  settled(() =>
    withDatabase(context, 'template1', async (client) => {
      const { rows } = await client.query<{ readonly application_name: string; readonly query: string }>(
        `select application_name, left(query, 80) as query from pg_stat_activity
         where datname = $1 and backend_type = 'client backend' and application_name not like 'PostgREST%'`,
        [database],
      )
      return rows.map((row) => `a Postgres connection (${row.application_name || 'unnamed'}), last query: ${row.query}`)
    }),
  )

/**
 * Connections of clients to one virtual host, a sentence each. Those of the kind `direct` are RabbitMQ's own: its HTTP API makes
 * one for each message that is published by it, and they may stand in its list long after.
 */
export const openInRabbitmq = (context: StackContext, vhost: string): Promise<readonly string[]> =>
  settled(async () => {
    const connections = (await management(context, 'GET', `vhosts/${vhost}/connections`)) as readonly {
      readonly name: string
      readonly type: 'network' | 'direct'
    }[]
    const ofClients = connections.filter(({ type }) => type === 'network')
    return ofClients.map(({ name }) => `a RabbitMQ connection (${name})`)
  })
