import { z } from 'zod'
import {
  AccountId,
  Hash,
  Media,
  Metrics,
  PlatformId,
  PlatformName,
  PostId,
  PostState,
} from '@surepost/shared/contracts'
import type { PostAnswer, SegmentAnswer } from '../api/shapes.ts'

/** PostgREST writes `2026-01-01T00:00:00.123+00:00`; the API says everything in UTC, in milliseconds. */
export const Timestamp = z.string().transform((text) => new Date(text).toISOString())

const SegmentRow = z
  .object({
    segment: z.int(),
    text: z.string().nullable(),
    media: z.array(Media).nullable(),
    platform_id: PlatformId.nullable(),
    url: z.string().nullable(),
    published_at: Timestamp.nullable(),
    recorded_at: Timestamp.nullable(),
    state: PostState.nullable(),
    missing: z.boolean(),
    metrics: Metrics.nullable(),
    metrics_at: Timestamp.nullable(),
  })
  .transform(
    (row): SegmentAnswer => ({
      index: row.segment,
      state: row.state ?? 'accepted',
      missing: row.missing,
      text: row.text ?? '',
      media: row.media ?? [],
      platformId: row.platform_id,
      url: row.url,
      publishedAt: row.published_at,
      recordedAt: row.recorded_at,
      metrics: row.metrics,
      measuredAt: row.metrics_at,
    }),
  )

/** A row of `posts` with its segments, as PostgREST gives it. A stub (no submission recorded yet) is none. */
export const PostRow = z
  .object({
    id: PostId,
    state: PostState,
    reason: z.string().nullable(),
    account: AccountId,
    platform: PlatformName,
    kind: z.enum(['post', 'reply']),
    revision: z.int(),
    hash: Hash,
    approval: z.enum(['auto', 'review']),
    content: z.object({ replyTo: z.object({ platformId: PlatformId }).optional() }),
    submitted_at: Timestamp,
    scheduled_at: Timestamp.nullable(),
    not_after: Timestamp,
    segments: z.array(SegmentRow).min(1),
  })
  .transform(
    (row): PostAnswer => ({
      id: row.id,
      state: row.state,
      reason: row.reason,
      account: row.account,
      platform: row.platform,
      kind: row.kind,
      revision: row.revision,
      hash: row.hash,
      approval: row.approval,
      replyTo: row.content.replyTo?.platformId ?? null,
      submittedAt: row.submitted_at,
      scheduledAt: row.scheduled_at,
      notAfter: row.not_after,
      segments: row.segments.toSorted((a, b) => a.index - b.index),
    }),
  )

/** The columns that `PostRow` reads. */
export const POST_COLUMNS =
  'id,state,reason,account,platform,kind,revision,hash,approval,content,submitted_at,scheduled_at,not_after,segments(segment,text,media,platform_id,url,published_at,recorded_at,state,missing,metrics,metrics_at)'

export const FactRow = z
  .object({ id: z.uuid(), type: z.string(), at: Timestamp, recorded_at: Timestamp, body: z.unknown() })
  .transform((row) => ({ id: row.id, type: row.type, at: row.at, recordedAt: row.recorded_at, body: row.body }))
