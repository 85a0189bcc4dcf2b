import { CollectMetrics } from '@surepost/shared/contracts'
import { type Job, skipped, succeeded } from './job.ts'
import { type Collection, checksOf, collectionsOf } from './plan-checks.ts'
import { CALL_MS, type JobPorts } from './ports.ts'

const MAX_SEGMENTS = 200
const MAX_CHECKS = 200
/**
 * Plans the checks of segments that went live, and asks for the readings that are due while there are browsers for them.
 * What is not asked for now stays due, until its own deadline.
 */
export const checkScheduler = ({ database, bus, room, readingClaimSeconds }: JobPorts): Job => ({
  name: 'persister.checks',
  everyMs: 1_000,
  timeoutMs: 30_000,
  async run({ signal, fence }) {
    const call = { signal, deadlineMs: CALL_MS }
    const unplanned = await database.rpc('unplanned_segments', { max_rows: MAX_SEGMENTS }, call)
    const planned = unplanned.flatMap(checksOf)
    if (planned.length > 0) await database.rpc('plan_checks', { ...fence, planned }, call)
    const full = room(CollectMetrics.queue)
    if (full !== undefined && planned.length === 0) return skipped(full)
    if (full !== undefined) return succeeded(planned.length, `${planned.length} checks planned; ${full}`)
    const claim = { ...fence, max_rows: MAX_CHECKS, lease_seconds: readingClaimSeconds }
    const claimed = await database.rpc('claim_due_checks', claim, call)
    const collections = collectionsOf(claimed)
    await Promise.all(collections.map((collection) => bus.send(CollectMetrics, commandOf(collection), { signal })))
    return succeeded(
      planned.length + claimed.length,
      `${planned.length} checks planned, ${claimed.length} readings asked for`,
    )
  },
})

const commandOf = ({ account, platform, handle, checks }: Collection) => ({
  account,
  platform,
  handle,
  checks: checks.map(({ checkId, postId, segment, platformId, deadline, text, last, doubted }) => ({
    checkId,
    postId,
    segment,
    platformId,
    deadline: deadline.toISOString(),
    ...(text === null ? {} : { text }),
    last,
    doubted,
  })),
})
