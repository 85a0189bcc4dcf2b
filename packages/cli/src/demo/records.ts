import { Client } from 'pg'
import type { RecordedSegment } from './judge.ts'
import type { Metrics } from '@surepost/shared/contracts'

/** A segment as SQL tells it, for the judge and for the table. */
export interface DemoRow extends RecordedSegment {
  readonly kind: string
  readonly account: string
  readonly state: string
  readonly text: string
  readonly url: string | null
  readonly metrics: Metrics | null
}

const ROWS = `
  select s.post_id as "postId", s.segment as index, s.platform_id as "platformId", s.recorded_at::text as "recordedAt",
         p.kind, p.account, s.state, coalesce(s.text, '') as text, s.url, s.metrics,
         (select count(*)::int from readings r where r.post_id = s.post_id and r.segment = s.segment) as readings
    from segments s join posts p on p.id = s.post_id
   where p.id = any ($1::uuid[]) or (p.kind = 'reply' and p.submitted_at >= $2)
   order by p.submitted_at, p.id, s.segment`

/** Where the judge reads what is recorded. */
export interface Records extends AsyncDisposable {
  /** The segments of these posts, and of every answer since `start`. */
  rows(postIds: readonly string[], start: Date): Promise<readonly DemoRow[]>
}

/** Reads the record itself, past every service. */
export const openRecords = async (postgresUrl: string, signal: AbortSignal): Promise<Records> => {
  const client = new Client({ connectionString: postgresUrl, connectionTimeoutMillis: 5_000, query_timeout: 10_000 })
  await client.connect()
  signal.throwIfAborted()
  return {
    async rows(postIds, start) {
      const { rows } = await client.query<DemoRow>(ROWS, [postIds, start])
      return rows
    },
    [Symbol.asyncDispose]: (): Promise<void> => client.end(),
  }
}
