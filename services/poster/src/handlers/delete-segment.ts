import { DeleteSegment, SegmentDeleted } from '@surepost/shared/contracts'
import { PermanentError, TransientError, UnavailableError } from '@surepost/shared/errors'
import { done, handle, retry, snooze, type Outcome } from '@surepost/shared/messaging'
import type { PublishPorts } from './publish-post.ts'

const LEASE_WAIT_MS = 60_000

/** Delete one live segment that a person asked to have deleted. Deleting what is gone is done. */
export const deleteSegment = (ports: Omit<PublishPorts, 'media'>) =>
  handle(DeleteSegment, async ({ body }, { signal }): Promise<Outcome> => {
    const lease = await ports.leases
      .acquire({ account: body.account, class: 'act', startBy: new Date(Date.now() + LEASE_WAIT_MS), signal })
      .catch((error: unknown) => {
        if (error instanceof UnavailableError) return null
        throw error
      })
    if (lease === null) return snooze(new Date(Date.now() + 3_000), 'the browser-broker is away')
    if (!lease.granted) return snooze(lease.retryAt, `${lease.reason}: ${lease.detail}`)
    await using held = lease
    const session = ports.platforms
      .for(body.platform)
      .open({ kind: 'browser', context: held.context }, { handle: held.handle })
    const result = await session.deleteOwnPost(body.platformId, { signal: AbortSignal.any([signal, held.signal]) })
    if (result.outcome === 'unknown') return retry(new TransientError(result.reason))
    if (result.outcome === 'not_created') {
      if (result.refusal.kind === 'session') await held.pauseAccount(result.refusal.detail, null)
      if (result.refusal.kind === 'rejected') throw new PermanentError(result.refusal.code, result.refusal.detail)
      return retry(new TransientError(result.refusal.detail))
    }
    const { postId, segment, account, platformId } = body
    await ports.bus.emit(SegmentDeleted, { at: new Date().toISOString(), postId, segment, account, platformId })
    return done
  })
