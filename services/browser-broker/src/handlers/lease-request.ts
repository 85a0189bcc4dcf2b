import { LEASE_REQUESTS, type LeaseClass } from '@surepost/shared/contracts'
import { TransientError, messageOf } from '@surepost/shared/errors'
import { type Route, done, handle } from '@surepost/shared/messaging'
import { contextKeeper } from '@surepost/shared/telemetry'
import type { Ledger } from '../ledger/ledger.ts'
import type { Desk } from '../leases/desk.ts'
import { minorOf } from '../leases/grant.ts'
import type { InLine, Refusal } from '../leases/line.ts'

export interface LeasePorts {
  readonly desk: Desk
  readonly ledger: Pick<Ledger, 'ask'>
  /** Playwright's version here. */
  readonly playwright: string
}

/** A wrong version is cured by a deployment, not by asking again soon. */
const VERSION_RETRY_MS = 300_000
const SPREAD_MS = 3_000
const LEDGER_RETRY_MS = 5_000
/** A request is held unacked while it waits: well inside RabbitMQ's `consumer_timeout` of 30 minutes. */
const MOST_WAIT_MS = 20 * 60_000

/** Requests of one class. The message is acked when it was answered; one that was not is handed back at shutdown. */
export const leaseRequest = ({ desk, ledger, playwright }: LeasePorts, leaseClass: LeaseClass): Route =>
  handle(LEASE_REQUESTS[leaseClass], async ({ body, replyTo, correlationId, sentAt }, { signal }) => {
    // Nobody to grant it to.
    if (replyTo === undefined) return done
    const now = Date.now()
    const request: InLine = {
      requestId: body.requestId,
      account: body.account,
      class: body.class,
      action: body.action,
      startBy: Math.min(Date.parse(body.startBy), now + MOST_WAIT_MS),
      receivedAt: now,
      replyTo: { replyTo, correlationId },
      served: Promise.withResolvers(),
      askerSeenAt: sentAt.getTime(),
      within: contextKeeper(),
      failures: 0,
    }
    const refusal =
      minorOf(body.playwright) === minorOf(playwright)
        ? await gate(ledger, request)
        : wrongVersion(body.playwright, playwright)
    if (refusal !== null) {
      await desk.refuse(request, refusal)
      return done
    }
    if ((await desk.receive(request, signal)) === 'answered') return done
    throw new TransientError('the browser-broker stops granting')
  })

const wrongVersion = (theirs: string, ours: string): Refusal => ({
  reason: 'version',
  retryAt: Date.now() + VERSION_RETRY_MS,
  detail: `The asker has Playwright ${theirs} and the browser-broker ${ours}: major and minor must be the same; deploy both from one release.`,
})

/** What the ledger says before a request waits in vain; it is asked again at the grant. */
const gate = async (ledger: Pick<Ledger, 'ask'>, request: InLine): Promise<Refusal | null> => {
  const { account, class: leaseClass, action } = request
  try {
    const denied = await ledger.ask('gate', { account, class: leaseClass, action })
    if (denied === null) return null
    // Those who wait for one moment (the end of a pause) do not all come back at it; the ledger's budget gives each its own.
    const spread = denied.denied === 'budget' ? 0 : Math.random() * SPREAD_MS
    return { reason: denied.denied, retryAt: denied.retryAt + spread, detail: denied.detail }
  } catch (error) {
    return { reason: 'pressure', retryAt: Date.now() + LEDGER_RETRY_MS, detail: messageOf(error) }
  }
}
