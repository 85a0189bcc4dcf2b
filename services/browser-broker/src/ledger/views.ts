import type {
  Account,
  Action,
  Appointment,
  KillSwitch,
  LeaseRecord,
  Millis,
  OptOutsTold,
  Revocation,
  Spend,
} from './model.ts'
import type {
  AccountId,
  ActionKey,
  ApprovedPost,
  Hash,
  PlatformId,
  PlatformName,
  PostId,
  PostKind,
} from '@surepost/shared/contracts'

/** Everything the ledger knows of one post: the actions of all its revisions and its revocation. */
export interface PostView {
  readonly actions: readonly Action[]
  readonly revocation: Revocation | null
}

/** What the ledger itself is. */
export interface LedgerView {
  readonly id: string
  /** When this ledger began to know things: posts accepted before may have been begun by one that was lost. */
  readonly birth: Millis
  readonly killSwitch: KillSwitch
}

/**
 * What decisions read. The SQLite store implements it, and so can a simulation: decisions never see SQL. All answers
 * are of one moment (one transaction).
 */
export interface Tables {
  ledger(): LedgerView
  post(postId: PostId): PostView
  account(id: AccountId): Account | null
  lease(id: string): LeaseRecord | null
  /** Spends of a kind that may still count at `now`: those of the last day and those still open. */
  spends(account: AccountId, kind: PostKind, now: Millis): readonly Spend[]
  /** Times given to refused posts, from `now` on, soonest first, at most 200. */
  appointments(account: AccountId, kind: PostKind, now: Millis): readonly Appointment[]
  appointment(postId: PostId): Appointment | null
  /** The newest action of another post with this text on this account that was begun since, and may be or is live. */
  sameText(account: AccountId, textHash: Hash, since: Millis, except: PostId): Action | null
  /** Actions of other posts of the account that are open or unknown and have no text, newest first, at most 100. */
  unsettledWordless(account: AccountId, except: PostId): readonly Action[]
  /** The newest action of any other account with this text that was begun since, and may be or is live. */
  sameTextElsewhere(account: AccountId, textHash: Hash, since: Millis): Action | null
  optedOut(platform: PlatformName, person: string): boolean
  optOutsTold(): OptOutsTold | null
  /** Ids of live actions of the account that were published or settled since, but not of `except`; at most 1,000. */
  taken(account: AccountId, since: Millis, except: ActionKey): readonly PlatformId[]
  ownerOf(account: AccountId, platformId: PlatformId): Action | null
  /** Actions begun under the lease whose browser has not been seen gone. */
  unsettledOf(leaseId: string): readonly Action[]
  /** True when an action of the account is `open` or `unknown`. */
  unsettled(account: AccountId): boolean
  hasSession(account: AccountId): boolean
  /** Open and unknown actions without a living lease that nobody touched since. */
  silent(since: Millis, maxResends: number): readonly Action[]
  command(postId: PostId, revision: number): ApprovedPost | null
}
