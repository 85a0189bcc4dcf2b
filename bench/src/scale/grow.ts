import { AccountConfig, DEFAULT_BUDGETS, PostDispatched, newId, newPostId } from '@surepost/shared/contracts'
import type { Client } from 'pg'

/** Posts a day, for as many days as it takes: an operator who posts every seven minutes, for 13 years at a million. */
const POSTS_A_DAY = 200
/** The journal keeps 13 months (`prune_history`). */
const FACT_DAYS = 390
/** Posts and checks that are due now, whatever the size. */
const DUE = 100
const HOUR_MS = 3_600_000
const ACCOUNT = 'bench'

const at = (offsetMs: number): string => new Date(Date.now() + offsetMs).toISOString()
const fact = (type: string, body: object) => ({ id: newId(), type, body })
const ofRevision = (postId: string) => ({ postId, revision: 1 })
const submitted = (postId: string, ago: number, scheduledAt: string | null) =>
  fact('post.submitted', {
    at: at(-ago),
    ...ofRevision(postId),
    account: ACCOUNT,
    platform: 'x',
    hash: 'a'.repeat(64),
    content: { segments: [{ text: 'What we measured today. '.repeat(8), media: [] }] },
    client: 'bench',
    approval: 'auto',
    scheduledAt,
    notAfter: at(24 * HOUR_MS),
  })
const live = (postId: string, platformId: string) => [
  submitted(postId, HOUR_MS, null),
  fact(PostDispatched.type, { at: at(-HOUR_MS), ...ofRevision(postId), deadline: at(HOUR_MS) }),
  fact('post.segment_begun', {
    at: at(-HOUR_MS),
    ...ofRevision(postId),
    segment: 0,
    account: ACCOUNT,
    attempt: 1,
    ledger: { id: newId(), seq: 1 },
  }),
  fact('post.segment_published', {
    at: at(-HOUR_MS),
    ...ofRevision(postId),
    segment: 0,
    account: ACCOUNT,
    platform: 'x',
    platformId,
    url: `https://x.com/bench/status/${platformId}`,
    publishedAt: at(-HOUR_MS),
    source: 'response',
    ledger: null,
  }),
]

const apply = async (client: Client, facts: readonly object[]): Promise<void> => {
  await client.query('select apply_facts($1::jsonb)', [JSON.stringify(facts)])
}
const planCheck = (client: Client, postId: string, dueMs: number, id: string) =>
  client.query('select plan_checks($1::jsonb)', [
    JSON.stringify([{ id, postId, segment: 0, afterSeconds: 3_600, dueAt: at(dueMs), deadline: at(24 * HOUR_MS) }]),
  ])

/** One account, and the life of one post of which all others are copies. @returns its id */
const original = async (client: Client): Promise<string> => {
  const config = AccountConfig.parse({ id: ACCOUNT, platform: 'x', handle: ACCOUNT, budgets: DEFAULT_BUDGETS })
  await apply(client, [fact('account.configured', { at: at(-HOUR_MS), config })])
  const [postId, checkId] = [newPostId(), newId()]
  const platformId = '1700000000000000000'
  await apply(client, live(postId, platformId))
  await planCheck(client, postId, -HOUR_MS / 2, checkId)
  const metrics = { replies: 1, reposts: 2, quotes: 0, likes: 5, bookmarks: 0, views: 90 }
  const body = { at: at(-HOUR_MS / 2), postId, segment: 0, checkId, platformId, metrics, suspect: null }
  await apply(client, [fact('metrics.collected', body)])
  return postId
}

/** Copy every row of the original's, `count` times, each copy older than the one before. */
const copies = async (client: Client, postId: string, count: number): Promise<void> => {
  const tables = { posts: 'id', segments: 'post_id', checks: 'post_id', readings: 'post_id', facts: 'post_id' }
  for (const [table, key] of Object.entries(tables)) {
    const { rows } = await client.query<{ name: string; type: string }>(
      `select attname as name, format_type(atttypid, null) as type from pg_attribute
       where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
      [`public.${table}`],
    )
    const value = ({ name, type }: { readonly name: string; readonly type: string }): string => {
      if (type === 'uuid') return `case when o.${name} is null then null else md5(o.${name}::text || n)::uuid end`
      if (type === 'timestamp with time zone') return `o.${name} - n * interval '${86_400 / POSTS_A_DAY} seconds'`
      return name === 'platform_id' ? `(o.platform_id::numeric + n)::text` : `o.${name}`
    }
    const most = table === 'facts' ? Math.min(count, FACT_DAYS * POSTS_A_DAY) : count
    await client.query(
      `insert into public.${table} (${rows.map(({ name }) => name).join(', ')})
       select ${rows.map(value).join(', ')} from public.${table} as o cross join generate_series(1, ${most}) as n where o.${key} = $1`,
      [postId],
    )
  }
}

/** A database of `posts` posts, most of them over, and always as much that is due. */
export const grow = async (client: Client, posts: number): Promise<void> => {
  const months = Math.min(14, Math.ceil(posts / POSTS_A_DAY / 30) + 1)
  for (let n = 1; n <= months; n += 1)
    await client.query(
      `select surepost.add_fact_partition((date_trunc('month', now() at time zone 'UTC') - make_interval(months => $1))::date)`,
      [n],
    )
  const postId = await original(client)
  await client.query('set session_replication_role = replica')
  await copies(client, postId, posts)
  await client.query('set session_replication_role = default')
  await apply(
    client,
    Array.from({ length: DUE }, (_, n) => submitted(newPostId(), HOUR_MS, at(-n * 100))),
  )
  for (let n = 0; n < DUE; n += 1) {
    const due = newPostId()
    await apply(client, live(due, String(1_800_000_000_000_000_000n + BigInt(n))))
    await planCheck(client, due, -1_000, newId())
  }
  await client.query('vacuum analyze')
  // What growing wrote is not written out while it is measured.
  await client.query('checkpoint')
}
