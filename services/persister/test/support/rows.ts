import { Client } from 'pg'

/** Left out when rows are compared: what the clock or the order of arrival decides, and a number that is the run's own. */
const LEFT_OUT = ['recorded_at', 'claimed_until', 'claimed_at', 'shard']

/** Run SQL on a connection of its own. */
export const query = async <Row extends object>(url: string, sql: string, values: unknown[] = []): Promise<Row[]> => {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(sql, values)).rows
  } finally {
    await client.end()
  }
}

/** Every row that the facts of one run made, table by table. */
export const rowsOfRun = async (client: Client, run: string): Promise<Record<string, unknown>> => {
  const tables = {
    posts: `id::text like $1 || '%'`,
    segments: `post_id::text like $1 || '%'`,
    checks: `post_id::text like $1 || '%'`,
    readings: `post_id::text like $1 || '%'`,
    corrections: `post_id::text like $1 || '%'`,
    doubts: `post_id::text like $1 || '%'`,
    audits: `account like '%' || $1`,
    mentions: `account like '%' || $1`,
    opted_out: `account like '%' || $1`,
    model_requests: `account like '%' || $1`,
    ledgers: `ledger_id::text like $1 || '%'`,
    accounts: `id like '%' || $1`,
    job_runs: `job like '%' || $1 || '%'`,
    job_heartbeats: `job like '%' || $1 || '%'`,
    breakers: `breaker like '%' || $1`,
    alerts: `key like '%' || $1 || '%'`,
    facts: `id::text like $1 || '%'`,
  }
  const found: Record<string, unknown> = {}
  for (const [table, where] of Object.entries(tables)) {
    const { rows } = await client.query<{ row: Record<string, unknown> }>(
      `select to_jsonb(t) - $2::text[] as row from public.${table} as t where ${where} order by to_jsonb(t)::text`,
      [run, LEFT_OUT],
    )
    found[table] = rows.map(({ row }) => row)
  }
  return found
}
