import { CheckMissed, PostMissed } from '@surepost/shared/contracts'
import type { ExpiredCheck } from '@surepost/shared/database'
import { type Job, skipped, succeeded } from './job.ts'
import { CALL_MS, type JobPorts } from './ports.ts'

const MAX_ROWS = 200

/**
 * Says of what is too late that it is: posts past `notAfter` of which nothing was begun, checks past their deadline.
 * Nothing waits for ever, and nothing ends without its reason.
 */
export const missedMarker = ({ database, bus, backlog }: JobPorts): Job => ({
  name: 'persister.missed',
  everyMs: 2_000,
  timeoutMs: 30_000,
  async run({ signal, fence }) {
    // A post that seems never begun may be live, and its fact among those that wait.
    const behind = backlog.behind()
    if (behind !== undefined) return skipped(behind)
    const call = { signal, deadlineMs: CALL_MS }
    const posts = await database.rpc('claim_expired_posts', { ...fence, max_rows: MAX_ROWS }, call)
    const checks = await database.rpc('claim_expired_checks', { ...fence, max_rows: MAX_ROWS }, call)
    const at = new Date().toISOString()
    await Promise.all([
      ...posts.map(({ postId, revision, state, notAfter }) =>
        bus.emit(
          PostMissed,
          {
            at,
            postId,
            revision,
            reason: `It was ${state} and not begun at ${notAfter.toISOString()}, the last moment at which it might be published.`,
          },
          { signal },
        ),
      ),
      ...checks.map((check) => {
        const { checkId, postId, segment } = check
        return bus.emit(CheckMissed, { at, postId, checkId, segment, reason: missedBecause(check) }, { signal })
      }),
    ])
    return succeeded(posts.length + checks.length, `${posts.length} posts and ${checks.length} checks missed`)
  },
})

/** Why a check was not done by its deadline. */
export const missedBecause = ({ deletedAt, failures, lastError, claims, paused, deadline }: ExpiredCheck): string => {
  if (deletedAt !== null) return `The segment was deleted at ${deletedAt.toISOString()}.`
  const until = `until ${deadline.toISOString()}`
  if (failures > 0)
    return `${failures} readings failed ${until}, at last with: ${lastError ?? 'no reason'}`.slice(0, 2_000)
  if (claims > 0) return `It was asked for ${claims} times ${until}, and no reading came.`
  return paused ? `The account was paused ${until}.` : `It was not asked for ${until}.`
}
