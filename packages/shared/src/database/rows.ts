// Rows as PostgREST answers them, column by column as the migrations made them (a test compares the two). Timestamps are
// ISO strings with an offset: see `toInstant`. Types, not interfaces: supabase-js wants them assignable to Record.
import type { AccountConfig, DeferCategory, Metrics, PostContent, PostState, Turn } from '../contracts/index.ts'

type Timestamp = string
type Phase = 'queued' | 'publishing' | 'unknown' | 'failed' | 'missed' | 'needs_attention'

/** One post: the merge of its facts. Without a `state` it is a stub: its submission is not recorded yet. */
export type PostRow = {
  id: string
  revision: number | null
  revised_at: Timestamp | null
  revised_by: string | null
  account: string | null
  platform: string | null
  hash: string | null
  content: PostContent | null
  client: string | null
  approval: 'auto' | 'review' | null
  scheduled_at: Timestamp | null
  not_after: Timestamp | null
  submitted_at: Timestamp | null
  approvals: string[]
  approved_at: Timestamp | null
  dispatches: number
  dispatched_at: Timestamp | null
  dispatched_by: string | null
  dispatch_deadline: Timestamp | null
  begun_revision: number | null
  begun_at: Timestamp | null
  heard_at: Timestamp | null
  silent_at: Timestamp | null
  phase: Phase | null
  phase_revision: number | null
  phase_at: Timestamp | null
  phase_by: string | null
  phase_code: string | null
  phase_reason: string | null
  cancelled_at: Timestamp | null
  cancelled_fact: string | null
  cancelled_by: string | null
  cancel_reason: string | null
  published: number[]
  deleted: number[]
  claimed_until: Timestamp | null
  kind: 'post' | 'reply' | null
  reason: string | null
  due_at: Timestamp | null
  state: PostState | null
}

/** One part of a post: one create on the platform. */
export type SegmentRow = {
  post_id: string
  segment: number
  text: string | null
  media: { id: string; alt: string }[] | null
  account: string | null
  platform: string | null
  platform_id: string | null
  url: string | null
  published_at: Timestamp | null
  source: 'response' | 'reconciled' | 'audit' | null
  published_fact_at: Timestamp | null
  published_fact: string | null
  other_platform_ids: string[]
  recorded_at: Timestamp | null
  deleted_at: Timestamp | null
  missing_at: Timestamp | null
  phase: Phase | null
  phase_revision: number | null
  phase_at: Timestamp | null
  phase_by: string | null
  phase_reason: string | null
  attempt: number | null
  heard_at: Timestamp | null
  metrics: Metrics | null
  metrics_at: Timestamp | null
  metrics_by: string | null
  checks_planned_at: Timestamp | null
  conflict: boolean
  missing: boolean
  phase_state: PostState | null
  state: PostState | null
}

/** One due reading of one live segment. */
export type CheckRow = {
  id: string
  post_id: string
  segment: number
  after_seconds: number | null
  due_at: Timestamp | null
  deadline: Timestamp | null
  done_at: Timestamp | null
  missed_at: Timestamp | null
  missed_reason: string | null
  failures: number
  last_failed_at: Timestamp | null
  last_failed_by: string | null
  last_error: string | null
  claimed_at: Timestamp | null
  claimed_until: Timestamp | null
  claims: number
  retry_at: Timestamp | null
  expiry_claimed_until: Timestamp | null
  state: 'open' | 'claimed' | 'done' | 'missed'
  open_at: Timestamp | null
}

export type ReadingRow = {
  id: string
  check_id: string
  post_id: string
  segment: number
  at: Timestamp
  platform_id: string
  metrics: Metrics
  suspect: string | null
}

export type MentionRow = {
  account: string
  platform_id: string
  author: string | null
  text: string | null
  in_reply_to: string | null
  url: string | null
  created_at: Timestamp | null
  harvested_at: Timestamp | null
  harvested_by: string | null
  decision: 'answered' | 'skipped' | null
  decision_reason: string | null
  decided_at: Timestamp | null
  decided_by: string | null
  drafter: string | null
  post_id: string | null
  asked: number
  claimed_until: Timestamp | null
  conversation: Turn[] | null
  deferred_until: Timestamp | null
  deferred_category: DeferCategory | null
  deferred_reason: string | null
  deferred_at: Timestamp | null
  deferred_by: string | null
  deferrals: number
}

/** The ledger of a broker shard that asked who wants no answers. */
export type LedgerRow = {
  shard: number
  ledger_id: string
  wanted_at: Timestamp
  wanted_by: string
  told: string | null
}

/** Somebody who wants no answers. */
export type OptedOutRow = {
  platform: string
  person: string
  at: Timestamp
  fact: string
  account: string
  mention: string
}

/** One request to the model. */
export type ModelRequestRow = {
  id: string
  at: Timestamp | null
  account: string | null
  mention: string | null
  model: string | null
  most_tokens: number | null
  most_cost_micros: number | null
  used_tokens: number | null
  used_cost_micros: number | null
  ended_at: Timestamp | null
}

export type AccountRow = {
  id: string
  platform: string | null
  handle: string | null
  config: AccountConfig | null
  configured_at: Timestamp | null
  configured_by: string | null
  pause_said: boolean
  pause_at: Timestamp | null
  pause_by: string | null
  pause_reason: string | null
  pause_until: Timestamp | null
  harvest_asked_at: Timestamp | null
  harvest_at: Timestamp | null
  label_at: Timestamp | null
  label_by: string | null
  automated_by: string | null
}

export type * from './running-rows.ts'
