import { AccountId, Metrics, PlatformId, type PostId, PostId as PostIdSchema, Turn } from '@surepost/shared/contracts'
import type { Database } from '@surepost/shared/database'
import { z } from 'zod'
import type { BreakerAnswer, JobAnswer, MentionAnswer } from '../api/shapes.ts'
import type { BreakerRecords, JobRecords, MentionRecords, Read, SeriesRecords } from '../ports.ts'
import { parsed } from './parsed.ts'
import { Timestamp } from './post-rows.ts'

/** Usual longest time of a read: a person waits for it. */
const READ_MS = 6_000
const within = (read: Read) => ({ deadlineMs: READ_MS, ...read })

const Maybe = Timestamp.nullable()
const Outcome = z.enum(['succeeded', 'failed', 'skipped']).nullable()
const HeartbeatRow = z
  .object({
    job: z.string(),
    account: z.string(),
    last_run_at: Maybe,
    last_outcome: Outcome,
    last_category: z.string().nullable(),
    last_detail: z.string().nullable(),
    last_duration_ms: z.number().nullable(),
    last_success_at: Maybe,
    last_failure_at: Maybe,
    last_failure_category: z.string().nullable(),
    last_failure_detail: z.string().nullable(),
    consecutive_failures: z.int(),
    /** Not in every version of the schema. */
    next_due_at: Maybe.default(null),
  })
  .transform(
    (row): JobAnswer => ({
      job: row.job,
      account: row.account === '' ? null : AccountId.parse(row.account),
      lastRunAt: row.last_run_at,
      lastOutcome: row.last_outcome,
      lastCategory: row.last_category,
      lastDetail: row.last_detail,
      lastDurationMs: row.last_duration_ms,
      lastSuccessAt: row.last_success_at,
      lastFailureAt: row.last_failure_at,
      lastFailureCategory: row.last_failure_category,
      lastFailureDetail: row.last_failure_detail,
      consecutiveFailures: row.consecutive_failures,
      nextDueAt: row.next_due_at,
    }),
  )
/** More jobs and accounts than an installation has. */
const MOST_JOBS = 1_000

export const databaseJobs = (database: Pick<Database, 'read'>): JobRecords => ({
  async list(read) {
    const rows = await database.read(
      'heartbeats of jobs',
      (client) => client.from('job_heartbeats').select('*').order('job').order('account').limit(MOST_JOBS),
      within(read),
    )
    return parsed('list of heartbeats', z.array(HeartbeatRow), rows)
  },
})

const BreakerRow = z
  .object({
    service: z.string(),
    breaker: z.string(),
    state: z.enum(['closed', 'half-open', 'open']),
    probe_at: Maybe,
    changed_at: Timestamp,
  })
  .transform(
    ({ service, breaker, state, probe_at: probeAt, changed_at: since }): BreakerAnswer => ({
      service,
      breaker,
      state,
      since,
      probeAt: state === 'open' ? probeAt : null,
    }),
  )
const MOST_BREAKERS = 500

/** Breakers as their services told of them last; one that never opened is not among them. */
export const databaseBreakers = (database: Pick<Database, 'read'>): BreakerRecords => ({
  async list(read) {
    const rows = await database.read(
      'breakers',
      // "open", "half-open", "closed": what holds work up comes first.
      (client) =>
        client.from('breakers').select('*').order('state', { ascending: false }).order('breaker').limit(MOST_BREAKERS),
      within(read),
    )
    return parsed('list of breakers', z.array(BreakerRow), rows)
  },
})

const MentionRow = z
  .object({
    post_id: PostIdSchema,
    platform_id: PlatformId,
    account: AccountId,
    author: z.string().nullable(),
    text: z.string().nullable(),
    url: z.string().nullable(),
    created_at: Maybe,
    conversation: z.array(Turn).nullable(),
    decision_reason: z.string().nullable(),
    drafter: z.string().nullable(),
  })
  .transform((row): [PostId, MentionAnswer] => [
    row.post_id,
    {
      platformId: row.platform_id,
      account: row.account,
      author: row.author ?? '',
      text: row.text ?? '',
      url: row.url,
      createdAt: row.created_at,
      conversation: row.conversation ?? [],
      reason: row.decision_reason,
      drafter: row.drafter,
    },
  ])

export const databaseMentions = (database: Pick<Database, 'read'>): MentionRecords => ({
  async ofPosts(ids, read) {
    if (ids.length === 0) return new Map()
    const columns =
      'post_id,platform_id,account,author,text,url,created_at,conversation,decision_reason,drafter' as const
    const rows = await database.read(
      'mentions of posts',
      (client) =>
        client
          .from('mentions')
          .select(columns)
          .in('post_id', [...ids])
          .not('harvested_at', 'is', null),
      within(read),
    )
    return new Map(parsed('list of mentions', z.array(MentionRow), rows))
  },
})

const ReadingRow = z.object({ segment: z.int(), at: Timestamp, metrics: Metrics, suspect: z.string().nullable() })
/** A thread of 25 with its seven checks, each read a few times. */
const MOST_READINGS = 1_000

export const databaseSeries = (database: Pick<Database, 'read' | 'rpc'>): SeriesRecords => ({
  async readings(id, read) {
    const rows = await database.read(
      'readings of a post',
      (client) =>
        client.from('readings').select('segment,at,metrics,suspect').eq('post_id', id).order('at').limit(MOST_READINGS),
      within(read),
    )
    return parsed('list of readings', z.array(ReadingRow), rows)
  },
  async activity(since, spanSeconds, read) {
    const args = { since: since.toISOString(), span_seconds: spanSeconds }
    const spans = await database.rpc('activity', args, within(read))
    return spans.map((span) => ({ ...span, at: span.at.toISOString() }))
  },
})
