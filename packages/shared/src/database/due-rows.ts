import { z } from 'zod'
import {
  AccountId,
  Hash,
  Metrics,
  PlatformId,
  PlatformName,
  PostContent,
  PostId,
  PostState,
} from '../contracts/index.ts'
import { Timestamp } from './watching.ts'

// What is due: rows that the jobs' claims answer.

/** A live segment as the record has it. */
const LiveRow = z.object({
  segment: z.int(),
  platformId: PlatformId,
  url: z.string(),
  publishedAt: Timestamp,
  gone: z.enum(['deleted', 'missing']).nullable(),
})

export const DuePost = z.object({
  postId: PostId,
  revision: z.int(),
  hash: Hash,
  account: AccountId,
  platform: PlatformName,
  content: PostContent,
  notAfter: Timestamp,
  /** When its first revision was submitted. */
  acceptedAt: Timestamp,
  scheduledAt: Timestamp.nullable(),
  state: PostState,
  dispatches: z.int(),
  /** Never dispatched, or dispatched and silent since. */
  why: z.enum(['due', 'silent']),
  /** Its segments that are live, or were. */
  live: z.array(LiveRow),
})
export type DuePost = z.infer<typeof DuePost>

export const ClaimedCheck = z.object({
  checkId: z.uuid(),
  postId: PostId,
  segment: z.int(),
  platformId: PlatformId,
  deadline: Timestamp,
  account: AccountId,
  platform: PlatformName,
  handle: z.string(),
  text: z.string().nullable().default(null),
  /** The figures that are believed, and those of this check's latest reading when they were not. */
  last: Metrics.nullable().default(null),
  doubted: Metrics.nullable().default(null),
})
export type ClaimedCheck = z.infer<typeof ClaimedCheck>

export const ExpiredCheck = z.object({
  checkId: z.uuid(),
  postId: PostId,
  segment: z.int(),
  deadline: Timestamp,
  claims: z.int(),
  failures: z.int(),
  lastError: z.string().nullable(),
  deletedAt: Timestamp.nullable(),
  paused: z.boolean(),
})
export type ExpiredCheck = z.infer<typeof ExpiredCheck>

export const UnplannedSegment = z.object({
  postId: PostId,
  segment: z.int(),
  publishedAt: Timestamp,
  /** Seconds after `publishedAt`. */
  checks: z.array(z.number().positive()),
})
export type UnplannedSegment = z.infer<typeof UnplannedSegment>
