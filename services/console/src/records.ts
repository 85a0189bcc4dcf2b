import type { AccountId, BodyOf, PostId, PostState, PostSubmitted } from '@surepost/shared/contracts'
import type {
  ActivitySpan,
  AlertAnswer,
  AuditAnswer,
  BreakerAnswer,
  Counts,
  DueAnswer,
  HistoryEntry,
  JobAnswer,
  MentionAnswer,
  PostAnswer,
  Reading,
} from './api/shapes.ts'
import type { Position } from './decisions/cursor.ts'

/** Every read has a deadline of its own and ends with the signal. */
export interface Read {
  readonly signal: AbortSignal
  /** Milliseconds, where the reader can wait less than usual. */
  readonly deadlineMs?: number
}

export interface PostQuery {
  readonly states: readonly PostState[]
  readonly account: AccountId | undefined
  readonly limit: number
  /** Posts after this one, newest first. */
  readonly after: Position | undefined
}

/** The record of posts in the database. Every method throws UnavailableError while the database is away. */
export interface PostRecords {
  find(id: PostId, read: Read): Promise<PostAnswer | undefined>
  list(query: PostQuery, read: Read): Promise<readonly PostAnswer[]>
  history(id: PostId, read: Read): Promise<readonly HistoryEntry[]>
  /** What was submitted, in its latest revision. */
  submission(id: PostId, read: Read): Promise<SubmissionBody | undefined>
  counts(read: Read): Promise<Counts>
  /** What is due and not done. */
  due(read: Read): Promise<DueAnswer>
}
export type SubmissionBody = BodyOf<typeof PostSubmitted>

/** The sums of jobs' runs in the database. */
export interface JobRecords {
  /** @throws UnavailableError while the database is away */
  list(read: Read): Promise<readonly JobAnswer[]>
}

export interface BreakerRecords {
  /** Open ones first. @throws UnavailableError while the database is away */
  list(read: Read): Promise<readonly BreakerAnswer[]>
}

export interface MentionRecords {
  /** The mentions that these posts answer, as far as they are recorded. @throws UnavailableError */
  ofPosts(ids: readonly PostId[], read: Read): Promise<ReadonlyMap<PostId, MentionAnswer>>
}

/** Figures over time. Every method throws UnavailableError while the database is away. */
export interface SeriesRecords {
  readings(id: PostId, read: Read): Promise<readonly Reading[]>
  /** Spans of `spanSeconds` from `since` on; those in which nothing happened are left out. */
  activity(since: Date, spanSeconds: number, read: Read): Promise<readonly ActivitySpan[]>
}

/** The record of alerts in the database. */
export interface AlertRecords {
  /**
   * The last raised first.
   * @throws UnavailableError while the database is away
   */
  list(
    query: { readonly active: boolean | undefined; readonly limit: number },
    read: Read,
  ): Promise<readonly AlertAnswer[]>
}

export interface AuditQuery {
  readonly account: AccountId | undefined
  readonly limit: number
  /** Audits after this one, newest first. */
  readonly after: Position | undefined
}

/** The record of audits in the database. */
export interface AuditRecords {
  /**
   * Newest first.
   * @throws UnavailableError while the database is away
   */
  list(query: AuditQuery, read: Read): Promise<readonly AuditAnswer[]>
}
