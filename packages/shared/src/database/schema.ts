import type {
  AccountRow,
  AlertRow,
  AuditRow,
  BreakerRow,
  CheckRow,
  FactRow,
  JobHeartbeatRow,
  JobLockRow,
  JobRunRow,
  LedgerRow,
  MentionRow,
  PostOutcomeRow,
  ModelRequestRow,
  OptedOutRow,
  PostRow,
  ReadingRow,
  SegmentRow,
} from './rows.ts'

/** A table that is only ever read here: rows are written by the functions of `procedures.ts`. */
type ReadOnly<Row, Relationships extends Relationship[] = []> = {
  Row: Row
  Insert: never
  Update: never
  Relationships: Relationships
}
type Relationship = {
  foreignKeyName: string
  columns: string[]
  isOneToOne: boolean
  referencedRelation: string
  referencedColumns: string[]
}
type BelongsTo<Name extends string, Columns extends string[], Table extends string, Referenced extends string[]> = {
  foreignKeyName: Name
  columns: Columns
  isOneToOne: false
  referencedRelation: Table
  referencedColumns: Referenced
}

/** The schema in the shape in which supabase-js infers the rows of a query, embedded ones included. */
export type Schema = {
  public: {
    Tables: {
      posts: ReadOnly<PostRow>
      segments: ReadOnly<SegmentRow, [BelongsTo<'segments_post_id_fkey', ['post_id'], 'posts', ['id']>]>
      checks: ReadOnly<
        CheckRow,
        [BelongsTo<'checks_post_id_segment_fkey', ['post_id', 'segment'], 'segments', ['post_id', 'segment']>]
      >
      readings: ReadOnly<
        ReadingRow,
        [
          BelongsTo<'readings_check_id_fkey', ['check_id'], 'checks', ['id']>,
          BelongsTo<'readings_post_id_segment_fkey', ['post_id', 'segment'], 'segments', ['post_id', 'segment']>,
        ]
      >
      mentions: ReadOnly<MentionRow>
      opted_out: ReadOnly<OptedOutRow>
      model_requests: ReadOnly<ModelRequestRow>
      accounts: ReadOnly<AccountRow>
      job_runs: ReadOnly<JobRunRow>
      job_heartbeats: ReadOnly<JobHeartbeatRow>
      job_locks: ReadOnly<JobLockRow>
      alerts: ReadOnly<AlertRow>
      ledgers: ReadOnly<LedgerRow>
      audits: ReadOnly<AuditRow>
      breakers: ReadOnly<BreakerRow>
      facts: ReadOnly<FactRow>
    }
    Views: { post_outcomes: { Row: PostOutcomeRow; Relationships: [] } }
    Functions: { [name in string]: { Args: Record<string, unknown>; Returns: unknown } }
  }
}
