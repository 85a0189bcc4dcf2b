import { checkId } from '@surepost/shared/contracts'
import type { ClaimedCheck, PlannedCheck, UnplannedSegment } from '@surepost/shared/database'

const HOUR = 3_600
/** What `metrics.collect` takes. */
const MAX_CHECKS_PER_COMMAND = 20

/**
 * The checks of one live segment. A check may be done until the next one is due, or for an hour, whichever is longer;
 * the last one for a quarter of its own age, or an hour: a late reading still tells of its time, a later one of the next.
 */
export const checksOf = ({ postId, segment, publishedAt, checks }: UnplannedSegment): readonly PlannedCheck[] => {
  const times = [...new Set(checks)].toSorted((a, b) => a - b)
  const instant = (seconds: number): string => new Date(publishedAt.getTime() + seconds * 1_000).toISOString()
  return times.map((after, i) => {
    const next = times[i + 1]
    const room = next === undefined ? after / 4 : next - after
    return {
      id: checkId(postId, segment, after),
      postId,
      segment,
      afterSeconds: after,
      dueAt: instant(after),
      deadline: instant(after + Math.max(HOUR, room)),
    }
  })
}

export interface Collection {
  readonly account: ClaimedCheck['account']
  readonly platform: ClaimedCheck['platform']
  readonly handle: string
  readonly checks: readonly ClaimedCheck[]
}

/** Claimed checks by account, in order, at most twenty together: what is read in one lease. */
export const collectionsOf = (claimed: readonly ClaimedCheck[], most = MAX_CHECKS_PER_COMMAND): readonly Collection[] =>
  [...Map.groupBy(claimed, ({ account }) => account)].flatMap(([account, checks]) =>
    Array.from({ length: Math.ceil(checks.length / most) }, (_, i) => checks.slice(i * most, (i + 1) * most)).flatMap(
      (part) => {
        const [first] = part
        return first === undefined ? [] : [{ account, platform: first.platform, handle: first.handle, checks: part }]
      },
    ),
  )
