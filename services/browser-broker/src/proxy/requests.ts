import type { ControlRequest, SessionHandout } from '@surepost/shared/contracts'
import { PermanentError } from '@surepost/shared/errors'
import type { Sealing } from '../accounts/sealing.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Refused } from '../ledger/writes.ts'
import type { LiveLease } from '../leases/lease.ts'

export interface HolderPorts {
  readonly ledger: Pick<Ledger, 'ask' | 'care'>
  readonly sealing: Sealing
}

type Of<Op extends ControlRequest['op']> = Extract<ControlRequest, { op: Op }>

/** A ledger's refusal is an error of whoever asked: it will not change by asking again. */
const allowed = <A extends object>(answer: A | Refused): A => {
  if ('refused' in answer) throw new PermanentError(answer.refused, answer.detail)
  return answer
}

const outcomeOf = (lease: LiveLease, { action, attempt }: Of<'complete' | 'abort' | 'unknown' | 'absent'>) => ({
  key: action,
  attempt,
  leaseId: lease.leaseId,
})

/** The session, once per lease. @throws PermanentError when there is none or it cannot be opened */
const handOut = async ({ ledger, sealing }: HolderPorts, lease: LiveLease): Promise<SessionHandout> => {
  const { account, platform, handle } = lease
  if (lease.sessionGiven) throw new PermanentError('session_given', 'The session of this lease was handed out already.')
  lease.sessionGiven = true
  const sealed = await ledger.care('session', account)
  if (sealed === null) throw new PermanentError('no_session', `The account ${account} has no session.`)
  return { platform, handle, storageState: sealing.open(account, sealed) }
}

/**
 * A lease is clean when its holder says so and nothing that it began is unsettled. Rotated cookies are saved from a clean
 * `act` lease, and from nothing else.
 */
const release = async (
  { ledger, sealing }: HolderPorts,
  lease: LiveLease,
  { outcome, storageState }: Of<'release'>,
) => {
  const clean = outcome === 'clean' && (await ledger.ask('leaseIsClean', lease.leaseId))
  const saved = clean && lease.class === 'act' && storageState !== undefined
  // Checked by `seal`: a session that is not one is refused and the old one stays.
  if (saved) await ledger.care('putSession', lease.account, sealing.seal(lease.account, storageState as never))
  lease.clean = clean
  return { saved }
}

/**
 * Carry out one request of a lease's holder. What it answers is durable.
 * @throws PermanentError for what will not change; UnavailableError when the ledger cannot answer
 */
export const serve = async (ports: HolderPorts, lease: LiveLease, request: ControlRequest): Promise<unknown> => {
  const { ledger } = ports
  switch (request.op) {
    case 'session':
      return handOut(ports, lease)
    case 'begin':
      return allowed(await ledger.ask('begin', request.action, lease.leaseId))
    case 'complete': {
      const { platformId, url, source } = request
      const published = { platformId, url, source, publishedAt: Date.parse(request.publishedAt) }
      return allowed(await ledger.ask('complete', outcomeOf(lease, request), published))
    }
    case 'abort':
      return allowed(await ledger.ask('abort', outcomeOf(lease, request), request.reason))
    case 'unknown':
      return allowed(await ledger.ask('unknown', outcomeOf(lease, request), request.reason))
    case 'absent':
      return allowed(await ledger.ask('absent', outcomeOf(lease, request), Date.parse(request.readingBeganAt)))
    case 'begin_delete':
      return allowed(await ledger.ask('beginDelete', request.deletion, lease.leaseId))
    case 'deleted':
      return allowed(await ledger.ask('endDelete', request.deletion, lease.leaseId))
    case 'pause_account': {
      const until = request.until === null ? null : Date.parse(request.until)
      return allowed(await ledger.ask('pause', lease.account, { reason: request.reason, until, by: 'holder' }))
    }
    case 'renew': {
      const { expiresAt } = allowed(await ledger.ask('renewLease', lease.leaseId))
      lease.expiresAt = expiresAt
      return { expiresAt: new Date(expiresAt).toISOString() }
    }
    case 'release':
      return release(ports, lease, request)
  }
}
