import type { BrowserContext, Page } from 'playwright'
import type {
  AccountId,
  ActionKey,
  BeginAction,
  BeginAnswer,
  DeleteAnswer,
  Deletion,
  LeaseClass,
  PlatformId,
  PlatformName,
  RefusalReason,
  WantedAction,
} from '../contracts/index.ts'

export interface LeaseRequest {
  readonly account: AccountId
  readonly class: LeaseClass
  /** The request is withdrawn at this moment. */
  readonly startBy: Date
  /** What an `act` lease is for, if it is a create: refused as `budget` at once when there is no room for it. */
  readonly action?: WantedAction
  readonly signal: AbortSignal
}

/** "Not now", with the time at which asking again makes sense: a snooze for whoever asked. */
export interface LeaseRefusal {
  readonly granted: false
  readonly reason: RefusalReason
  readonly retryAt: Date
  readonly detail: string
}

/**
 * The right to use one account's browser context for a while. Leaving the `await using` block releases it as clean, and
 * `withLease` as failed where the work throws; the holder's death, silence or the absolute expiry ends it, and the browser with it.
 */
export interface Lease extends AsyncDisposable {
  readonly granted: true
  readonly id: string
  readonly account: AccountId
  readonly platform: PlatformName
  /** Who the holder is on the platform, without the @ (from the broker's `SessionHandout`). */
  readonly handle: string
  readonly fence: number
  readonly expiresAt: Date
  /** Aborted with the reason when the lease is lost. */
  readonly signal: AbortSignal
  /** Aborted when somebody who acts waits for the slot of this background lease: a good moment to stop and come back. */
  readonly yielding: AbortSignal
  /** A context with the account's session in it. */
  readonly context: BrowserContext
  /** A page of the context; at most five at once. @throws PermanentError `too_many_pages` */
  newPage(): Promise<Page>
  /** The ledger: may this action happen? Durable before it answers. */
  begin(action: BeginAction): Promise<BeginAnswer>
  complete(action: ActionKey, attempt: number, published: PublishedId): Promise<void>
  /** Certain that nothing was created in this attempt. */
  abort(action: ActionKey, attempt: number, reason: string): Promise<void>
  /** The outcome was not seen; only the platform can say. */
  unknown(action: ActionKey, attempt: number, reason: string): Promise<void>
  /** A whole reading that began at `readingBeganAt` does not hold it; the answer may be `fresh` again. */
  absent(action: ActionKey, attempt: number, readingBeganAt: Date): Promise<BeginAnswer>
  /** The ledger: may this live segment be deleted? Durable before it answers. */
  beginDelete(deletion: Deletion): Promise<DeleteAnswer>
  /** It is gone from the platform; the ledger says so to everybody. */
  deleted(deletion: Deletion): Promise<void>
  /** The platform wants a person: stop everything on this account. The lease is marked as failed. */
  pauseAccount(reason: string, until: Date | null): Promise<void>
  renew(): Promise<Date>
  /** Mark the lease as failed, so that its browser is not used again. Disposing releases it. */
  taint(): void
}

export interface PublishedId {
  readonly platformId: PlatformId
  readonly url: string
  readonly publishedAt: Date
  readonly source: 'response' | 'reconciled'
}

export interface Leases extends AsyncDisposable {
  /** Waits in line until granted, refused or `startBy`. @throws UnavailableError when the broker cannot be asked */
  acquire(request: LeaseRequest): Promise<Lease | LeaseRefusal>
  /** Empty while every shard's broker takes requests; otherwise a sentence for each that does not. */
  health(): Promise<readonly string[]>
}
