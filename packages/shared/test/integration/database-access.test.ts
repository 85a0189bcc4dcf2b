import { readFile } from 'node:fs/promises'
import { Client } from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isolate } from '@surepost/testkit'
import { newId, newPostId } from '../../src/contracts/index.ts'
import { connectDatabase } from '../../src/database/index.ts'

const { endpoints } = await isolate()
const log = pino({ level: 'silent' })
const database = connectDatabase({ url: endpoints.supabaseUrl, key: endpoints.supabaseKey, log })
const anonymous = connectDatabase({ url: endpoints.supabaseUrl, key: endpoints.supabaseAnonKey, log })
const client = new Client({ connectionString: endpoints.postgresUrl })
await client.connect()
afterAll(async () => {
  await client.end()
  await database[Symbol.asyncDispose]()
  await anonymous[Symbol.asyncDispose]()
})

const TABLES = [
  'posts',
  'segments',
  'checks',
  'readings',
  'mentions',
  'accounts',
  'job_runs',
  'job_heartbeats',
  'job_locks',
  'alerts',
  'facts',
] as const
const postId = newPostId()
const at = new Date().toISOString()

beforeAll(async () => {
  const content = {
    segments: [
      { text: 'one', media: [] },
      { text: 'two', media: [] },
    ],
  }
  const body = {
    at,
    postId,
    revision: 1,
    account: 'ada',
    platform: 'x',
    hash: 'a'.repeat(64),
    content,
    client: 'test',
    approval: 'auto',
    scheduledAt: null,
    notAfter: at,
  }
  await database.rpc('apply_facts', { facts: [{ id: newId(), type: 'post.submitted', body }] })
})

describe('who may do what in the database', () => {
  it.each(TABLES)('anon may not even ask for %s', async (table) => {
    await expect(anonymous.read(table, (c) => c.from(table).select('*'))).rejects.toThrow(/42501/)
  })

  it('anon may call no function', async () => {
    await expect(anonymous.rpc('apply_facts', { facts: [] })).rejects.toThrow(/42501/)
    await expect(anonymous.rpc('schema_version', {})).rejects.toThrow(/42501/)
    expect(await anonymous.health()).toEqual([expect.stringMatching(/SUPABASE_SERVICE_ROLE_KEY must be/)])
  })

  it.each([
    [
      'alter table audits disable row level security',
      'alter table audits enable row level security',
      /off on the table audits/,
    ],
    ['grant select on posts to anon', 'revoke all on posts from anon', /role anon may read posts/],
    ['revoke select on checks from service_role', 'grant select on checks to service_role', /may not read checks/],
  ])('%s keeps services unready with a sentence, until it is put right', async (spoil, mend, sentence) => {
    expect(await database.health()).toEqual([])
    await client.query(spoil)
    expect(await database.health()).toEqual([expect.stringMatching(sentence)])
    // The console, too, which works without the database and not with a wrong one.
    expect(await database.misfit()).toEqual([expect.stringMatching(sentence)])
    await client.query(mend)
    expect(await database.health()).toEqual([])
  })

  it('every table and partition has row level security, and no policy', async () => {
    const { rows } = await client.query(
      `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relrowsecurity`,
    )
    expect(rows).toEqual([])
    expect((await client.query('select 1 from pg_policies')).rows).toEqual([])
  })

  it('no function of ours can be run by anon, later ones included', async () => {
    const { rows } = await client.query(
      `select proname from pg_proc where pronamespace in ('public'::regnamespace, 'surepost'::regnamespace)
       and (has_function_privilege('anon', oid, 'execute') and has_schema_privilege('anon', pronamespace, 'usage'))`,
    )
    expect(rows).toEqual([])
  })

  it('the service role reads every table and writes none of them directly', async () => {
    for (const table of TABLES) {
      expect(Array.isArray(await database.read(table, (c) => c.from(table).select('*').limit(1)))).toBe(true)
      const answer = await fetch(`${endpoints.supabaseUrl}/rest/v1/${table}`, {
        method: 'POST',
        headers: {
          apikey: endpoints.supabaseKey,
          authorization: `Bearer ${endpoints.supabaseKey}`,
          'content-type': 'application/json',
        },
        body: '{}',
      })
      expect(answer.status).toBe(403)
    }
  })
})

describe('reading through the database module', () => {
  it('gives a post with its segments, typed', async () => {
    const post = await database.read('post', (c) =>
      c.from('posts').select('id, state, segments(segment, text, state)').eq('id', postId).maybeSingle(),
    )
    expect(post?.state).toBe('accepted')
    expect(post?.segments.toSorted((a, b) => a.segment - b.segment)).toEqual([
      { segment: 0, text: 'one', state: 'accepted' },
      { segment: 1, text: 'two', state: 'accepted' },
    ])
  })

  it('gives null for one that is not there', async () => {
    expect(
      await database.read('post', (c) => c.from('posts').select('id').eq('id', newPostId()).maybeSingle()),
    ).toBeNull()
  })

  it('has row types with exactly the columns that the tables have', async () => {
    const files = ['rows.ts', 'running-rows.ts'].map((name) => new URL(`../../src/database/${name}`, import.meta.url))
    const source = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n')
    const names: Record<(typeof TABLES)[number], string> = {
      posts: 'Post',
      segments: 'Segment',
      checks: 'Check',
      readings: 'Reading',
      mentions: 'Mention',
      accounts: 'Account',
      job_runs: 'JobRun',
      job_heartbeats: 'JobHeartbeat',
      job_locks: 'JobLock',
      alerts: 'Alert',
      facts: 'Fact',
    }
    for (const table of TABLES) {
      const [, fields = ''] = new RegExp(`export type ${names[table]}Row = \\{\\n([\\s\\S]*?)\\n\\}`).exec(source) ?? []
      const written = new Map(
        [...fields.matchAll(/^  (\w+): (.+)$/gm)].map(([, name, type]) => [name, type?.includes('null')]),
      )
      const { rows } = await client.query(
        `select column_name, is_nullable = 'YES' as nullable, is_generated = 'ALWAYS' as generated from information_schema.columns where table_schema = 'public' and table_name = $1`,
        [table],
      )
      expect(new Set(written.keys()), table).toEqual(new Set(rows.map((row) => row.column_name)))
      // A generated column is nullable for Postgres whatever its expression, so only the others can be compared.
      for (const row of rows.filter((row) => !row.generated)) {
        expect([row.column_name, written.get(row.column_name)], table).toEqual([row.column_name, row.nullable])
      }
    }
  })

  it('is healthy with every migration applied', async () => {
    expect(await database.health()).toEqual([])
  })
})

describe('polling queries', () => {
  it('are served by a partial index, however large the tables', async () => {
    const plan = async (sql: string): Promise<string> => {
      await client.query('begin')
      await client.query('set local enable_seqscan = off')
      const { rows } = await client.query(`explain (costs off) ${sql}`)
      await client.query('rollback')
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    }
    const queries: readonly (readonly [string, string])[] = [
      [
        `select id from posts where state in ('accepted', 'scheduled') and due_at <= now() order by due_at limit 10`,
        'posts_due',
      ],
      [
        `select id from posts where state in ('queued', 'publishing', 'unknown') and silent_at <= now() order by silent_at limit 10`,
        'posts_silent',
      ],
      [
        `select id from posts where state in ('review', 'accepted', 'scheduled', 'queued') and not_after <= now() order by not_after limit 10`,
        'posts_expiring',
      ],
      [
        `select id from checks where state in ('open', 'claimed') and open_at <= now() order by open_at limit 10`,
        'checks_open',
      ],
      [
        `select id from checks where state in ('open', 'claimed') and deadline <= now() order by deadline limit 10`,
        'checks_expiring',
      ],
      [`select count(*) from checks where state = 'claimed' and claimed_until > now()`, 'checks_claimed'],
      [
        `select 1 from segments where platform_id is not null and checks_planned_at is null order by recorded_at limit 10`,
        'segments_unplanned',
      ],
      [
        `select 1 from mentions where decision is null and harvested_at is not null order by claimed_until nulls first limit 10`,
        'mentions_open',
      ],
      [
        `select 1 from accounts where config is not null and (config -> 'replies' ->> 'enabled') = 'true' order by harvest_at nulls first limit 10`,
        'accounts_answering',
      ],
    ]
    for (const [sql, index] of queries) expect(await plan(sql)).toContain(index)
  })
})
