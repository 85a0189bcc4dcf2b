// Rows of what the system says of itself, and of what follows from all others: see rows.ts.
import type { AuditReport, Metrics } from '../contracts/index.ts'

type Timestamp = string

export type JobRunRow = {
  id: string
  job: string
  account: string | null
  started_at: Timestamp
  ended_at: Timestamp
  outcome: 'succeeded' | 'failed' | 'skipped'
  category: string | null
  detail: string | null
  duration_ms: number
}

export type JobHeartbeatRow = {
  job: string
  account: string
  last_run_at: Timestamp | null
  last_run_by: string | null
  last_outcome: 'succeeded' | 'failed' | 'skipped' | null
  last_category: string | null
  last_detail: string | null
  last_duration_ms: number | null
  last_success_at: Timestamp | null
  last_failure_at: Timestamp | null
  last_failure_by: string | null
  last_failure_category: string | null
  last_failure_detail: string | null
  last_skip_at: Timestamp | null
  consecutive_failures: number
  next_due_at: Timestamp | null
}

export type JobLockRow = {
  job: string
  holder: string
  fence: number
  expires_at: Timestamp
}

export type AlertRow = {
  key: string
  severity: 'info' | 'warning' | 'critical' | null
  sentence: string | null
  raised_at: Timestamp | null
  raised_by: string | null
  times: number
  cleared_at: Timestamp | null
  cleared_by: string | null
  active: boolean
  runbook: string | null
}

export type BreakerRow = {
  service: string
  breaker: string
  state: 'closed' | 'half-open' | 'open'
  probe_at: Timestamp | null
  changed_at: Timestamp
  changed_by: string
}

/** The journal: a fact as it was said. */
export type FactRow = {
  id: string
  at: Timestamp
  type: string
  post_id: string | null
  account: string | null
  body: Record<string, unknown>
  recorded_at: Timestamp
}

export type AuditRow = {
  id: string
  account: string
  at: Timestamp
  since: Timestamp
  outcome: 'clean' | 'gaps' | 'invalid'
  reason: string | null
  seen: number
  recorded: number
  report: Pick<AuditReport, 'recovered' | 'missing' | 'wrongIds' | 'duplicates' | 'foreign'>
}

/** One live segment with what was published and how it did (view `post_outcomes`). */
export type PostOutcomeRow = {
  post_id: string
  segment: number
  account: string
  platform: string
  platform_id: string
  url: string
  published_at: Timestamp
  kind: 'post' | 'reply' | null
  revision: number | null
  segments: number
  text: string | null
  characters: number | null
  words: number
  lines: number | null
  links: number | null
  hashtags: number | null
  mentions: number | null
  has_question: boolean | null
  images: number
  hour_utc: number
  /** 1 Monday to 7 Sunday. */
  weekday: number
  missing: boolean
  deleted_at: Timestamp | null
  latest: Metrics | null
  latest_at: Timestamp | null
  /** By the seconds after publishing at which a check was due; `at` is when it was read. */
  metrics_by_age: Record<string, Metrics & { at: Timestamp }>
  checks_done: number
  checks_missed: number
  checks_waiting: number
}
