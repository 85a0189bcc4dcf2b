import { z } from 'zod'
import { Instant, Metrics, PostState } from '@surepost/shared/contracts'

// Figures: of posts over time, of all posts together.

export const Readings = z.object({
  readings: z.array(
    z.object({
      segment: z.int().min(0),
      at: Instant,
      metrics: Metrics,
      /** Why it is not believed; null when it is. */
      suspect: z.string().nullable(),
    }),
  ),
})
export type Reading = z.infer<typeof Readings>['readings'][number]

const Figure = z.number().nullable()
export const ActivityAnswer = z.object({
  since: Instant,
  spanSeconds: z.int(),
  /** Spans in which nothing happened are left out. Times are seconds; a figure that nobody showed is null. */
  spans: z.array(
    z.object({
      at: Instant,
      live: z.int(),
      measured: z.int(),
      failed: z.int(),
      checks: z.int(),
      checksMissed: z.int(),
      toLiveMedian: Figure,
      toLiveMost: Figure,
      toRecordedMedian: Figure,
      toRecordedMost: Figure,
      views: Figure,
      likes: Figure,
      reposts: Figure,
      replies: Figure,
    }),
  ),
})
export type ActivitySpan = z.infer<typeof ActivityAnswer>['spans'][number]

const Aged = z.object({ count: z.int(), oldestSeconds: z.number() })
/** What is due and not done, by number and age. `held`: posts that a pause or the kill switch holds back. */
export const DueAnswer = z.object({
  posts: Aged,
  held: Aged,
  checks: Aged,
  answers: Aged,
  /** Creates whose outcome is not known yet. */
  unknown: Aged,
})
export type DueAnswer = z.infer<typeof DueAnswer>

/** Counts of what was submitted or went live in the last seven days, and the work that is late. */
export const Counts = z.object({
  since: Instant,
  posts: z.partialRecord(PostState, z.int()),
  /** `recorded` have their platform id in the database; `measured` have at least one reading. */
  segments: z.object({
    live: z.int(),
    recorded: z.int(),
    measured: z.int(),
    /** Live once, and gone from the platform. */
    missing: z.int(),
    /** Two different platform ids are claimed for one segment. */
    conflicts: z.int(),
  }),
  /**
   * Posts that are due and not dispatched; posts in flight of which a word is due and nobody says it; checks that are due
   * and not read; live segments without checks.
   */
  overdue: z.object({ posts: z.int(), silent: z.int(), checks: z.int(), unplanned: z.int() }),
  /** Mentions that are not decided yet. */
  mentions: z.int(),
  alerts: z.int(),
})
export type Counts = z.infer<typeof Counts>
