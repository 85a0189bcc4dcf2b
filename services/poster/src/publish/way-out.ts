import type { ApprovedPost } from '@surepost/shared/contracts'
import { messageOf, UnavailableError } from '@surepost/shared/errors'
import type { LeaseRefusal } from '@surepost/shared/leases'
import { done, outcomeOfError, snooze, type Outcome } from '@surepost/shared/messaging'
import type { End } from './verdict.ts'

/** How soon to come back after a dependency (broker, lease, media) went away. */
const COME_BACK_MS = 3_000

/** What becomes of the command, and whether the post has ended with it. */
export interface WayOut {
  readonly end: End | null
  readonly outcome: Outcome
}

/**
 * No lease: it waits. An account that the ledger does not know was removed, or its ledger was lost: only the record can tell which. So past
 * the last moment at which it might be published the command ends, and the record says what becomes of the post: missed when nothing of it
 * was begun, and a new command when something was.
 */
export const onNoLease = (
  { reason, retryAt, detail }: LeaseRefusal,
  { notAfter }: Pick<ApprovedPost, 'notAfter'>,
  now: Date,
): Outcome =>
  reason === 'unknown_account' && now > new Date(notAfter) ? done : snooze(retryAt, `${reason}: ${detail}`)

/** Publishing said itself what follows. Only a last attempt that asks for another one ends the post besides. */
export const onReturned = (outcome: Outcome, lastAttempt: boolean): WayOut => ({
  outcome,
  end:
    outcome.kind === 'retry' && lastAttempt
      ? { kind: 'failed', code: 'attempts_spent', reason: messageOf(outcome.cause) }
      : null,
})

/**
 * Publishing threw. What is away comes back, and waiting for it spends nothing. What is buried with its command may be
 * live by now (only the ledger and the platform know), so it is a person's and not `failed`.
 */
export const onThrown = (error: unknown, lastAttempt: boolean, now: Date): WayOut => {
  const outcome = error instanceof UnavailableError ? comeBack(error, now) : outcomeOfError(error, now.getTime())
  const buried = outcome.kind === 'reject' || (outcome.kind === 'retry' && lastAttempt)
  return { outcome, end: buried ? { kind: 'needs_attention', reason: `It broke off: ${messageOf(error)}` } : null }
}

const comeBack = (error: UnavailableError, now: Date): Outcome =>
  snooze(new Date(now.getTime() + COME_BACK_MS), error.message)

/** An end that could not be told is told later: the command waits. Every other error keeps its own consequence. */
export const waitFor = (error: unknown, now: Date): Outcome => {
  if (error instanceof UnavailableError) return comeBack(error, now)
  throw error
}
