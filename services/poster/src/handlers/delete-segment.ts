import { DeleteSegment } from '@surepost/shared/contracts'
import { PermanentError, TransientError, UnavailableError } from '@surepost/shared/errors'
import { type Lease, withLease } from '@surepost/shared/leases'
import { done, handle, retry, snooze, type Outcome } from '@surepost/shared/messaging'
import { breakerKeys, guarded, type PlatformSession } from '@surepost/platforms'
import { onNotCreated } from '../publish/verdict.ts'
import type { PublishPorts } from './publish-post.ts'

const LEASE_WAIT_MS = 60_000
const COME_BACK_MS = 3_000

type Given = Omit<PublishPorts, 'media' | 'bus'>
type Ports = Given & Required<Pick<Given, 'now'>>
type NotDeleted = Exclude<Awaited<ReturnType<PlatformSession['deleteOwnPost']>>, { readonly outcome: 'deleted' }>
type Wanted = Parameters<Lease['deleted']>[0] & { readonly platform: Lease['platform'] }

/**
 * Delete one live segment that a person asked to have deleted: the ledger writes down who wants it before the platform is
 * asked, and says that it is gone afterwards. Deleting what is gone is done, so whatever is not known is done again.
 */
export const deleteSegment = (given: Given) => {
  const ports: Ports = { ...given, now: given.now ?? (() => new Date()) }
  return handle(DeleteSegment, async ({ body }, { signal }): Promise<Outcome> => {
    try {
      return await underLease(ports, body, signal)
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error
      return snooze(new Date(ports.now().getTime() + COME_BACK_MS), error.message)
    }
  })
}

const underLease = async (ports: Ports, { platform, ...deletion }: Wanted, signal: AbortSignal): Promise<Outcome> => {
  const keys = breakerKeys(platform, deletion.account)
  const trouble = ports.breakers.trouble(keys)
  if (trouble !== undefined) return snooze(trouble.until, trouble.reason)
  const startBy = new Date(ports.now().getTime() + LEASE_WAIT_MS)
  const lease = await ports.leases.acquire({ account: deletion.account, class: 'act', startBy, signal })
  if (!lease.granted) return snooze(lease.retryAt, `${lease.reason}: ${lease.detail}`)
  return withLease(lease, (held) => deleteUnder(ports, { platform, ...deletion }, held, signal))
}

const deleteUnder = async (
  ports: Ports,
  { platform, ...deletion }: Wanted,
  held: Lease,
  signal: AbortSignal,
): Promise<Outcome> => {
  const keys = breakerKeys(platform, deletion.account)
  const answer = await held.beginDelete(deletion)
  if (answer.answer === 'gone') return done
  if (answer.answer === 'refused') return snooze(new Date(answer.until), `${answer.reason}: ${answer.detail}`)
  const session = ports.platforms
    .for(platform)
    .open({ kind: 'browser', context: held.context }, { handle: held.handle })
  const ends = AbortSignal.any([signal, held.signal])
  const result = await guarded(session, ports.breakers, keys, deletion.postId).deleteOwnPost(deletion.platformId, {
    signal: ends,
  })
  if (result.outcome !== 'deleted') return await onNotDeleted(held, result, ports.now())
  await held.deleted(deletion)
  return done
}

/** What the platform refuses for good ends with its reason in the dead queue; everything else is asked again. */
const onNotDeleted = async (lease: Lease, result: NotDeleted, now: Date): Promise<Outcome> => {
  if (result.outcome === 'unknown') return retry(new TransientError(result.reason))
  const { pause, end, outcome } = onNotCreated(result, now)
  if (pause !== null) await lease.pauseAccount(pause.reason, pause.until)
  if (end?.kind === 'failed') throw new PermanentError(end.code, end.reason)
  return outcome
}
