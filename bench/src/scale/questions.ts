import type { Client } from 'pg'

/** What is asked of the database all day. Each is rolled back, so that every asking finds the same. */
export interface Question {
  readonly name: string
  readonly sql: string
  readonly values: (client: Client) => Promise<readonly unknown[]>
}

const none = (): Promise<readonly unknown[]> => Promise.resolve([])
const anyPost = async (client: Client): Promise<readonly unknown[]> => {
  // An id out of the whole, by the primary key: no sampling scan.
  const { rows } = await client.query<{ id: string }>(
    'select id from posts where id >= gen_random_uuid() order by id limit 1',
  )
  return [rows[0]?.id ?? '00000000-0000-7000-8000-000000000000']
}
const lastWeek = (): Promise<readonly unknown[]> =>
  Promise.resolve([new Date(Date.now() - 7 * 86_400_000).toISOString()])

export const QUESTIONS: readonly Question[] = [
  { name: 'claim due posts', sql: 'select claim_due_posts(600, 50)', values: none },
  { name: 'claim due checks', sql: 'select claim_due_checks(50)', values: none },
  {
    name: 'history of a post',
    sql: 'select id, type, at, recorded_at, body from facts where post_id = $1 order by at, id limit 1000',
    values: anyPost,
  },
  { name: 'overview', sql: 'select overview($1)', values: lastWeek },
]

/** How long one asking takes, in milliseconds. */
export const ask = async (client: Client, { sql, values }: Question): Promise<number> => {
  const given = await values(client)
  await client.query('begin')
  const began = performance.now()
  await client.query(sql, [...given])
  const ms = performance.now() - began
  await client.query('rollback')
  return ms
}

/** The journal's empty and nearly empty months are read whole, and rightly. */
const MANY_ROWS = 1_000
const GROWING = ['posts', 'segments', 'checks', 'readings', 'facts']

/** The tables that grow and that an asking reads from end to end, by the plans of all statements in it. */
export const wholeReads = async (client: Client, question: Question): Promise<readonly string[]> => {
  const plans: string[] = []
  const hear = ({ message }: { readonly message?: string | undefined }): void => void plans.push(message ?? '')
  client.on('notice', hear)
  await client.query(`load 'auto_explain'`)
  await client.query(
    `set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on; set client_min_messages = log`,
  )
  try {
    await ask(client, question)
  } finally {
    await client.query('reset client_min_messages; set auto_explain.log_min_duration = -1')
    client.off('notice', hear)
  }
  if (!plans.some((plan) => plan.includes('Plan') || plan.includes('Query Text')))
    throw new Error('Postgres told no plans: auto_explain is not there')
  const read = plans.join('\n').matchAll(/Seq Scan on (?:public\.)?(\w+)[^\n]* rows=(\d+)/g)
  const long = [...read].filter(([, , rows]) => Number(rows) >= MANY_ROWS)
  const tables = long.map(([, table = '']) => table.replace(/_(\d{4}_\d{2}|default)$/, ''))
  return [...new Set(tables)].filter((table) => GROWING.includes(table))
}
