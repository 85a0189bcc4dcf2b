import type { AuditScope } from '@surepost/shared/database'
import type { Call, ListReading, PlatformSession, PostReading, SeenPost } from '@surepost/platforms'
import { pause } from '@surepost/shared/runtime'
import type { Evidence, OwnPage } from './judge.ts'
import { type Recorded, type SameText, sortSeen } from './sort.ts'

/** Own pages that are opened in one audit, at most: an audit that needs more has found something else than gaps. */
const MOST_PAGES = 60

export interface Looking {
  readonly session: Pick<PlatformSession, 'readTimeline' | 'readPost'>
  readonly handle: string
  readonly since: Date
  readonly sameText: SameText
  readonly call: Call
}

/** What the account's page and the pages of single posts said, or why they could not be read. */
export type Look =
  | { readonly kind: 'looked'; readonly evidence: Evidence; readonly seen: number }
  | Exclude<ListReading<SeenPost>, { kind: 'read' }>

const unreadable = (detail: string): Look => ({ kind: 'unreadable', cause: 'not_loaded', detail })

const sayOf = (segment: Recorded, reading: PostReading, sameText: SameText): OwnPage => {
  if (reading.kind === 'deleted') return 'gone'
  if (reading.kind === 'read') return sameText(segment, reading.post.text) ? 'alive' : 'another'
  return reading.kind === 'unreadable' && reading.cause === 'wrong_author' ? 'another' : 'unread'
}

/** A post this young may be on its way into the database: facts are given time, so often. In milliseconds. */
const YOUNG_MS = 120_000
const CATCH_UP_MS = 2_000
const CATCH_UPS = 3

/** What is recorded, once what was published shortly before the reading had time to be. */
const settledScope = async (
  scope: () => Promise<AuditScope>,
  { items, beganAt }: { readonly items: readonly SeenPost[]; readonly beganAt: Date },
  signal: AbortSignal,
): Promise<AuditScope> => {
  const young = items.filter(({ createdAt }) => beganAt.getTime() - createdAt.getTime() < YOUNG_MS)
  for (let n = 0; ; n += 1) {
    const recorded = await scope()
    const ids = new Set([...recorded.segments, ...recorded.others].map(({ platformId }) => platformId))
    if (n === CATCH_UPS || young.every(({ platformId }) => ids.has(platformId))) return recorded
    await pause(CATCH_UP_MS, signal)
  }
}

/** What stops all reading with this lease. */
const isStop = (reading: PostReading): reading is Extract<PostReading, { kind: 'session' | 'throttled' }> =>
  reading.kind === 'session' || reading.kind === 'throttled'

/**
 * Read the account's own page back to `since`, then the own pages of what is in doubt: recorded segments that were not
 * seen as recorded, and unknown posts whose text is that of a segment of ours.
 *
 * @param scope asked after the list was read, so that what was recorded meanwhile counts
 */
export const look = async (
  { session, handle, since, sameText, call }: Looking,
  scope: () => Promise<AuditScope>,
): Promise<Look> => {
  const list = await session.readTimeline(since, call)
  if (list.kind !== 'read') return list
  if (!list.complete)
    return unreadable('The page of the account could not be read back to the beginning of the window.')
  const recorded = await settledScope(scope, list, call.signal)
  const sorted = sortSeen(recorded, list.items, { since, began: list.beganAt }, sameText)
  const mayBeOurs = sorted.unknown.filter((post) => recorded.segments.some((segment) => sameText(segment, post.text)))
  const pages = sorted.doubtful.length + mayBeOurs.length
  if (pages > MOST_PAGES)
    return unreadable(`${pages} posts are in doubt, more than the ${MOST_PAGES} whose pages an audit opens.`)

  const doubtful: (readonly [Recorded, OwnPage])[] = []
  for (const segment of sorted.doubtful) {
    const reading = await session.readPost({ platformId: segment.platformId, author: handle }, call)
    if (isStop(reading)) return reading
    doubtful.push([segment, sayOf(segment, reading, sameText)])
  }
  const unknown: SeenPost[] = sorted.unknown.filter((post) => !mayBeOurs.includes(post))
  for (const { platformId } of mayBeOurs) {
    const reading = await session.readPost({ platformId, author: handle }, call)
    if (isStop(reading)) return reading
    if (reading.kind === 'unreadable')
      return unreadable(`The post ${platformId} may be ours and could not be read: ${reading.detail}`)
    if (reading.kind === 'read') unknown.push(reading.post)
  }
  const evidence = { segments: recorded.segments, doubtful, present: sorted.present, unknown, twice: sorted.twice }
  return { kind: 'looked', evidence, seen: list.items.length }
}
