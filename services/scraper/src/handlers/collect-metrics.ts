import {
  CheckFailed,
  CheckMissed,
  CollectMetrics,
  MetricsCollected,
  SegmentMissing,
  type AccountId,
  type DueCheck,
} from '@surepost/shared/contracts'
import { TransientError } from '@surepost/shared/errors'
import { done, handle, retry, snooze, type Outcome } from '@surepost/shared/messaging'
import type { PostReading } from '@surepost/platforms'
import { isEmpty, suspicion } from '../plausibility.ts'
import { withReader, type Reader, type ReadPorts } from '../reading.ts'

/** What one check came to. `stop` says that the rest of the batch cannot be read in this lease either. */
type CheckEnd =
  | { readonly kind: 'fulfilled' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'stop'; readonly outcome: Outcome }

/**
 * Read the due checks of one account in one lease. Each ends in a fact: collected, missed (the post is gone) or
 * failed (it is re-opened, with its count). When none could be read the command itself is retried first.
 */
export const collectMetrics = (ports: ReadPorts) =>
  handle(CollectMetrics, async ({ body, lastAttempt }, { signal }) =>
    withReader(ports, body, signal, async (reader) => {
      const failed: (readonly [DueCheck, string])[] = []
      for (const check of body.checks) {
        if (new Date() > new Date(check.deadline)) continue // the persister has said `missed` of it
        const end = await readCheck(ports, reader, body.account, body.handle, check)
        if (end.kind === 'stop') return end.outcome
        if (end.kind === 'failed') failed.push([check, end.reason])
      }
      const [first] = failed
      if (first === undefined) return done
      if (failed.length === body.checks.length && !lastAttempt) return retry(new TransientError(first[1]))
      await Promise.all(failed.map(([check, reason]) => ports.bus.emit(CheckFailed, { ...named(check), reason })))
      return done
    }),
  )

const named = ({ checkId, postId, segment }: DueCheck) => ({ at: new Date().toISOString(), checkId, postId, segment })

const readCheck = async (
  ports: ReadPorts,
  { session, lease, signal }: Reader,
  account: AccountId,
  handle: string,
  check: DueCheck,
): Promise<CheckEnd> => {
  const reading = await session.readPost({ platformId: check.platformId, author: handle }, { signal })
  if (reading.kind === 'session') await lease.pauseAccount(`${reading.trouble}: ${reading.detail}`, null)
  return record(ports, account, check, reading)
}

const record = async (
  { bus }: ReadPorts,
  account: AccountId,
  check: DueCheck,
  reading: PostReading,
): Promise<CheckEnd> => {
  const { platformId, postId, segment } = check
  switch (reading.kind) {
    case 'read': {
      if (isEmpty(reading.metrics)) return { kind: 'failed', reason: 'the page showed no figures' }
      await bus.emit(MetricsCollected, {
        ...named(check),
        platformId,
        metrics: reading.metrics,
        suspect: suspicion(reading.metrics),
      })
      return { kind: 'fulfilled' }
    }
    case 'deleted': {
      await bus.emit(SegmentMissing, { at: new Date().toISOString(), postId, segment, account, platformId })
      await bus.emit(CheckMissed, { ...named(check), reason: 'the post is gone from the platform' })
      return { kind: 'fulfilled' }
    }
    case 'unreadable':
      return { kind: 'failed', reason: reading.detail }
    case 'throttled':
      return { kind: 'stop', outcome: snooze(reading.until, 'the platform slows readings down') }
    case 'session':
      return { kind: 'stop', outcome: snooze(new Date(Date.now() + 60_000), `${reading.trouble}: ${reading.detail}`) }
  }
}
