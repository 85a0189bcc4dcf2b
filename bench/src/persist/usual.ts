import { createClient } from '@supabase/supabase-js'
import { connect } from 'amqplib'

/** A table such as a service of its own would have: one row a message, nothing derived from it. */
export const TABLE_SQL = `
  create table if not exists public.bench_rows (id uuid primary key, type text not null, body jsonb not null, at timestamptz not null default now());
  alter table public.bench_rows enable row level security;
  grant select, insert, update on public.bench_rows to service_role;
  notify pgrst, 'reload schema'`

interface Row {
  readonly id: string
  readonly type: string
  readonly body: unknown
}

export interface DatabaseAddress {
  readonly supabaseUrl: string
  readonly supabaseKey: string
}

/** One upsert of rows into that table, awaited. @throws Error with the database's words */
export const writerAt = ({ supabaseUrl, supabaseKey }: DatabaseAddress) => {
  const client = createClient(supabaseUrl, supabaseKey, { auth: { persistSession: false, autoRefreshToken: false } })
  return async (rows: readonly Row[]): Promise<void> => {
    const { error } = await client.from('bench_rows').upsert([...rows])
    if (error !== null) throw new Error(`${error.code} ${error.message}`)
  }
}

/** Wait until PostgREST knows the table. */
export const untilKnown = async (address: DatabaseAddress): Promise<void> => {
  const client = createClient(address.supabaseUrl, address.supabaseKey, { auth: { persistSession: false } })
  for (let tries = 0; tries < 100; tries += 1) {
    const { error } = await client.from('bench_rows').select('id').limit(1)
    if (error === null) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('PostgREST does not know the table bench_rows after 10 s')
}

const HANDLERS = 100

/** The usual consumer: `count` messages of a queue, a hundred at once, one upsert and one ack each. Rows per second. */
export const usualConsumer = async (
  amqpUrl: string,
  queue: string,
  address: DatabaseAddress,
  count: number,
): Promise<number> => {
  const write = writerAt(address)
  const model = await connect(amqpUrl, { noDelay: true })
  try {
    const channel = await model.createChannel()
    await channel.prefetch(HANDLERS)
    const all = Promise.withResolvers<void>()
    let left = count
    const began = performance.now()
    await channel.consume(queue, (message) => {
      if (message === null || left <= 0) return
      const row = {
        id: String(message.properties.messageId),
        type: String(message.properties.type),
        body: JSON.parse(message.content.toString()) as unknown,
      }
      const settle = async (): Promise<void> => {
        await write([row])
        channel.ack(message)
        if ((left -= 1) === 0) all.resolve()
      }
      settle().catch(all.reject)
    })
    await all.promise
    return count / ((performance.now() - began) / 1_000)
  } finally {
    await model.close()
  }
}

const ROWS = 500
const IN_FLIGHT = 2

/** No broker at all: rows in batches of 500, two requests in flight. Rows per second. */
export const plainBatches = async (address: DatabaseAddress, rows: readonly Row[]): Promise<number> => {
  const write = writerAt(address)
  let from = 0
  const writer = async (): Promise<void> => {
    while (from < rows.length) {
      const batch = rows.slice(from, from + ROWS)
      from += ROWS
      await write(batch)
    }
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: IN_FLIGHT }, writer))
  return rows.length / ((performance.now() - began) / 1_000)
}
