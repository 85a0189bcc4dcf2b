import type { RecordedFact } from '@surepost/shared/messaging'

/** What a live view may know of a fact: which thing it is about and figures. Texts and reasons are read on request. */
const SHOWN = [
  'at',
  'postId',
  'revision',
  'segment',
  'attempt',
  'account',
  'platformId',
  'checkId',
  'job',
  'outcome',
  'decision',
  'key',
  'severity',
  'shard',
  'slots',
  'free',
  'active',
  'waiting',
  'oldestWaitMs',
] as const

/** A fact as `GET /v1/events` sends it: ids, states and figures only. Pure. */
export const liveEvent = ({ id, type, body }: RecordedFact): Readonly<Record<string, unknown>> => {
  const source: Readonly<Record<string, unknown>> = typeof body === 'object' && body !== null ? { ...body } : {}
  return { id, type, ...Object.fromEntries(SHOWN.filter((key) => key in source).map((key) => [key, source[key]])) }
}
