import {
  CheckFailed,
  CollectMetrics,
  MetricsCollected,
  SegmentDoubted,
  SegmentMissing,
  type BodyOf,
  type DueCheck,
} from '@surepost/shared/contracts'
import { TransientError, messageOf } from '@surepost/shared/errors'
import { type Bus, done, handle, retry, snooze, type Outcome } from '@surepost/shared/messaging'
import { type PlatformAdapter, type PostReading, withoutMentions } from '@surepost/platforms'
import type { Evidence } from '../evidence.ts'
import { inParallel } from '../in-parallel.ts'
import { isEmpty, suspicion } from '../plausibility.ts'
import { withReader, type Reader, type ReadPorts } from '../reading.ts'

export interface MetricsPorts extends ReadPorts {
  readonly bus: Pick<Bus, 'emit' | 'send'>
  readonly evidence: Pick<Evidence, 'of'>
}

type Batch = BodyOf<typeof CollectMetrics>

/**
 * What one check came to: fulfilled; failed, for its own reason; or `stop`: this lease can read no more, and what is left
 * may be read from `until` on.
 */
type CheckEnd =
  | { readonly kind: 'fulfilled' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'stop'; readonly until: Date; readonly reason: string }

/** Pages of one lease that are read at a time; a lease has five. */
const PAGES = 3
/** A claim on a check lasts 20 minutes: what is put off for longer would be asked for twice. */
const LONGEST_SNOOZE_MS = 15 * 60_000
const LOST_LEASE_MS = 5_000
const SESSION_MS = 60_000

/**
 * Read the due checks of one account in one lease. Each ends in a fact: collected, or failed, which re-opens it with its
 * error and count. When none could be read the command itself is retried first; what a lost lease, a rate limit, or publishing
 * that waits for the browser leaves over is asked for again by itself. Whether a check is missed is its deadline's to say, not ours.
 */
export const collectMetrics = (ports: MetricsPorts) =>
  handle(CollectMetrics, async ({ body, lastAttempt }, { signal }) => {
    const due = body.checks.filter(({ deadline }) => new Date() <= new Date(deadline))
    if (due.length === 0) return done // the persister says `missed` of them
    return withReader(ports, body, signal, async (reader) => {
      const read = (check: DueCheck): Promise<CheckEnd> => readCheck(ports, reader, body, check, signal)
      const { yielding } = reader.lease
      const { results, left } = await inParallel(due, PAGES, read, ({ kind }) => kind === 'stop' || yielding.aborted)
      return conclude(ports, { ...body, checks: due }, results, left, lastAttempt)
    })
  })

const conclude = async (
  { bus }: MetricsPorts,
  body: Batch,
  results: readonly (readonly [DueCheck, CheckEnd])[],
  left: readonly DueCheck[],
  lastAttempt: boolean,
): Promise<Outcome> => {
  const failed = results.flatMap(([check, end]) => (end.kind === 'failed' ? [[check, end.reason] as const] : []))
  // Nothing but the wish of somebody who acts leaves checks over that no page stands in the way of.
  const stop =
    results.map(([, end]) => end).find((end) => end.kind === 'stop') ?? (left.length > 0 ? gaveWay() : undefined)
  const [first] = failed
  if (stop === undefined && first !== undefined && failed.length === body.checks.length && !lastAttempt)
    return retry(new TransientError(first[1]))
  await Promise.all(failed.map(([check, reason]) => bus.emit(CheckFailed, { ...named(check), reason })))
  if (stop === undefined) return done
  const until = new Date(Math.min(stop.until.getTime(), Date.now() + LONGEST_SNOOZE_MS))
  const checks = [...results.filter(([, end]) => end.kind === 'stop').map(([check]) => check), ...left]
  if (checks.length === body.checks.length) return snooze(until, stop.reason)
  await bus.send(CollectMetrics, { ...body, checks }, { notBefore: until })
  return done
}

/** Asked for again at once: whoever acts goes first anyway. */
const gaveWay = () => ({ kind: 'stop', until: new Date(), reason: 'publishing waits for the browser' }) as const

const named = ({ checkId, postId, segment }: DueCheck) => ({ at: new Date().toISOString(), checkId, postId, segment })

const readCheck = async (
  ports: MetricsPorts,
  { session, lease, signal }: Reader,
  { account, handle: author, platform }: Batch,
  check: DueCheck,
  stopped: AbortSignal,
): Promise<CheckEnd> => {
  const witness = ports.evidence.of({ account, platformId: check.platformId })
  let reading: PostReading
  try {
    reading = await session.readPost({ platformId: check.platformId, author }, { signal, witness })
  } catch (error) {
    // A lease that was lost takes its pages with it, and says nothing of the post.
    if (stopped.aborted || !lease.signal.aborted) throw error
    return {
      kind: 'stop',
      until: new Date(Date.now() + LOST_LEASE_MS),
      reason: `the lease was lost: ${messageOf(error)}`,
    }
  }
  if (reading.kind === 'session') await lease.pauseAccount(`${reading.trouble}: ${reading.detail}`, null)
  return record(ports, { account, adapter: ports.platforms.for(platform) }, check, reading)
}

interface Whose {
  readonly account: Batch['account']
  readonly adapter: Pick<PlatformAdapter, 'sameText'>
}

const record = async (
  { bus }: MetricsPorts,
  whose: Whose,
  check: DueCheck,
  reading: PostReading,
): Promise<CheckEnd> => {
  const { account } = whose
  const { platformId, postId, segment } = check
  const ofSegment = { at: new Date().toISOString(), postId, segment, account, platformId }
  switch (reading.kind) {
    case 'read': {
      const { metrics, post } = reading
      const another = isAnother(whose, check, post.text)
      if (another !== null) await bus.emit(SegmentDoubted, { ...ofSegment, reason: another })
      else if (isEmpty(metrics)) return { kind: 'failed', reason: 'the page showed no figures' }
      const suspect = another ?? suspicion(metrics, check)
      await bus.emit(MetricsCollected, { ...named(check), platformId, metrics, suspect })
      return { kind: 'fulfilled' }
    }
    case 'deleted':
      await bus.emit(SegmentMissing, ofSegment)
      return { kind: 'failed', reason: 'the post is gone from the platform' }
    case 'unreadable':
      if (reading.cause === 'wrong_author') await bus.emit(SegmentDoubted, { ...ofSegment, reason: reading.detail })
      return { kind: 'failed', reason: reading.detail }
    case 'throttled':
      return { kind: 'stop', until: reading.until, reason: 'the platform slows readings down' }
    case 'session':
      return { kind: 'stop', until: new Date(Date.now() + SESSION_MS), reason: `${reading.trouble}: ${reading.detail}` }
  }
}

/** Words of a sentence that show which text was there, at most. */
const EXCERPT = 120

/** Why the page cannot be this segment's, by its text; an answer's leading mentions are not shown. */
const isAnother = ({ adapter }: Whose, { text }: DueCheck, shown: string): string | null => {
  if (text === undefined || adapter.sameText(text, shown) || adapter.sameText(withoutMentions(text), shown)) return null
  return `The page shows another text than the one that was published: ${JSON.stringify(shown.slice(0, EXCERPT))}`
}
