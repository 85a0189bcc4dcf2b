import { Client, type QueryResultRow } from 'pg'
import type { JournalFact } from '../judge/history.ts'
import type { CheckRow, PostRow, Records, SegmentRow } from '../judge/types.ts'

/** What still has to come to an end, by SQL. */
export interface Pending {
  /** Posts of ours that are not in a state that ends or waits for a person; a stub counts as well. */
  readonly posts: number
  /** Checks that are neither done nor missed, and live segments whose checks are not planned yet. */
  readonly checks: number
}

/** The database past every service, for judging; read only. Each call connects anew: Postgres is stopped at times. */
export interface RecordReader {
  read(postIds: readonly string[]): Promise<Records>
  pending(postIds: readonly string[]): Promise<Pending>
  /** Those of these posts that have come to an end, or wait for a person. */
  ended(postIds: readonly string[]): Promise<readonly string[]>
  /** Platform ids that are recorded. */
  platformIds(): Promise<ReadonlySet<string>>
  /** Whether any fact was recorded after this moment. */
  hasRecordedSince(at: Date): Promise<boolean>
  /** The journal of some posts, or all of it. */
  facts(postIds?: readonly string[]): Promise<readonly JournalFact[]>
  /** The latest facts, newest first. */
  latestFacts(most: number): Promise<readonly JournalFact[]>
}

const ENDS = ['live', 'failed', 'missed', 'cancelled', 'deleted', 'needs_attention']

const PENDING = `
  select (select count(*)::int from unnest($1::uuid[]) as wanted(id)
            left join posts p on p.id = wanted.id where p.state is null or p.state <> all ($2::text[])) as posts,
         (select count(*)::int from checks k where k.state not in ('done', 'missed'))
         + (select count(*)::int from segments s where s.platform_id is not null
              and not exists (select 1 from checks k where k.post_id = s.post_id and k.segment = s.segment)) as checks`

const FACTS = `select id, type, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, body from facts`

export const recordsAt = (postgresUrl: string): RecordReader => {
  const query = async <Row extends QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> => {
    const client = new Client({
      connectionString: postgresUrl,
      connectionTimeoutMillis: 5_000,
      query_timeout: 30_000,
    })
    // A server that is killed meanwhile must reject the query, not crash the run.
    client.on('error', () => undefined)
    try {
      await client.connect()
      return (await client.query<Row>(text, [...values])).rows
    } finally {
      await client.end().catch(() => undefined)
    }
  }
  return {
    read: async (postIds) => ({
      posts: await query<PostRow>('select id, state, reason from posts where id = any ($1::uuid[])', [postIds]),
      segments: await query<SegmentRow>(
        `select post_id as "postId", segment as index, platform_id as "platformId" from segments where post_id = any ($1::uuid[])`,
        [postIds],
      ),
      checks: await query<CheckRow>(
        'select post_id as "postId", segment as index, state from checks where post_id = any ($1::uuid[])',
        [postIds],
      ),
    }),
    pending: async (postIds) =>
      (await query<Pending & QueryResultRow>(PENDING, [postIds, ENDS]))[0] ?? { posts: -1, checks: -1 },
    ended: async (postIds) => {
      const rows = await query<{ id: string }>(
        'select id from posts where id = any ($1::uuid[]) and state = any ($2::text[])',
        [postIds, ENDS],
      )
      return rows.map(({ id }) => id)
    },
    platformIds: async () => {
      const rows = await query<{ id: string }>('select platform_id as id from segments where platform_id is not null')
      return new Set(rows.map(({ id }) => id))
    },
    hasRecordedSince: async (at) =>
      (await query<{ id: string }>('select id from facts where recorded_at > $1 limit 1', [at])).length > 0,
    facts: (postIds) =>
      postIds === undefined
        ? query<JournalFact & QueryResultRow>(`${FACTS} order by at, id`)
        : query<JournalFact & QueryResultRow>(`${FACTS} where post_id = any ($1::uuid[]) order by at, id`, [postIds]),
    latestFacts: (most) => query<JournalFact & QueryResultRow>(`${FACTS} order by recorded_at desc limit $1`, [most]),
  }
}
