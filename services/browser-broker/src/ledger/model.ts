import {
  type AccountConfig,
  type AccountId,
  type ActionKey,
  Hash,
  type KillSwitch,
  type LeaseClass,
  type PlatformId,
  type PlatformName,
  type PostId,
  type PostKind,
} from '@surepost/shared/contracts'

/** A moment in milliseconds since 1970, by the broker's own clock. */
export type Millis = number

/**
 * The states of an action (one create of one segment of one revision).
 * - `open`: an attempt was begun and its holder may click at any moment.
 * - `unknown`: the attempt's end was not seen; only the platform can say.
 * - `aborted`: nothing was created: its holder was certain, or a settled reading of the platform did not hold it.
 * - `done`: it is (or was) live, with the platform's id.
 */
export type ActionState = 'open' | 'unknown' | 'aborted' | 'done'

/** What can happen to an action. `found` is a fact from elsewhere; `lost` stands for a ledger that knew more. */
export type ActionEvent = 'begin' | 'complete' | 'abort' | 'unknown' | 'absent' | 'lease_ended' | 'found' | 'lost'

/** The one table of transitions. What is not in it is refused. Evidence from the platform is accepted in every state. */
export const TRANSITIONS: Readonly<Record<ActionState | 'none', Readonly<Partial<Record<ActionEvent, ActionState>>>>> =
  {
    none: { begin: 'open', found: 'done', lost: 'unknown' },
    open: { complete: 'done', abort: 'aborted', unknown: 'unknown', lease_ended: 'unknown', found: 'done' },
    unknown: { complete: 'done', absent: 'aborted', lease_ended: 'unknown', found: 'done' },
    aborted: { begin: 'open', complete: 'done', found: 'done', lost: 'unknown' },
    done: { found: 'done' },
  }

/** The state after an event, or undefined where the event is refused. */
export const after = (state: ActionState | 'none', event: ActionEvent): ActionState | undefined =>
  TRANSITIONS[state][event]

/** Who created or found it, as facts say it. */
export type Source = 'response' | 'reconciled' | 'audit'

/** What was found about the id of an action: when, and every id that a correction named, as wrong or as true. */
export interface Correction {
  readonly at: Millis
  readonly named: readonly PlatformId[]
}

export interface Action extends ActionKey {
  readonly segments: number
  readonly hash: Hash
  readonly textHash: Hash | null
  readonly account: AccountId
  readonly kind: PostKind
  readonly notAfter: Millis
  readonly state: ActionState
  /** The attempt in hand or the last one; 1 for the first. */
  readonly attempt: number
  /** How many attempts ended unseen and were then found absent: the bound of re-opening counts these. */
  readonly absences: number
  readonly firstBegunAt: Millis
  /** When the attempt in hand was begun. */
  readonly begunAt: Millis
  /** The lease under which the attempt was begun; null when there was none (audit, lost ledger). */
  readonly leaseId: string | null
  readonly unknownSince: Millis | null
  /** The moment the browser that could have clicked was observed gone; null while it may live. */
  readonly quietSince: Millis | null
  readonly platformId: PlatformId | null
  readonly url: string | null
  readonly publishedAt: Millis | null
  readonly source: Source | null
  /** A live segment that is no longer on the platform. */
  readonly gone: 'deleted' | 'missing' | null
  /** The latest correction of its id; none of most. */
  readonly corrected?: Correction
  readonly reason: string | null
  /** Last time anybody asked or told something of it. */
  readonly touchedAt: Millis
  readonly resends: number
}

/**
 * A post was called off: cancelled (`throughRevision` null: every revision), or edited (up to the revision before the next
 * one, which `next` names).
 */
export interface Revocation {
  readonly postId: PostId
  readonly account: AccountId
  readonly throughRevision: number | null
  /** Content and time of the revision that took its place; null for a cancel. */
  readonly next: string | null
  readonly at: Millis
  readonly by: string
  readonly reason: string
  /** True when `post.cancelled` was said: nothing is live and nothing will be. */
  readonly announced: boolean
}

/**
 * One unit of an account's budget. `reserved` (attempt 0) is held for a later segment of a thread in progress; `spent`
 * belongs to one attempt. Abort removes it; nothing else does before it is too old to count.
 */
export interface Spend extends ActionKey {
  readonly account: AccountId
  readonly kind: PostKind
  readonly attempt: number
  readonly state: 'reserved' | 'spent'
  readonly at: Millis
  /** The last moment at which the click can have happened; null while it still can. */
  readonly clickedBy: Millis | null
}

/** The time given to a refused post: kept free for it, so that refusals are spaced and in order. */
export interface Appointment {
  readonly postId: PostId
  readonly account: AccountId
  readonly kind: PostKind
  readonly at: Millis
  /** Creates it will need. */
  readonly need: number
}

/** Somebody who wants no answers, from no account, ever. */
export interface OptOut {
  readonly platform: PlatformName
  /** Handle in lower case. */
  readonly person: string
  readonly at: Millis
}

/** How far the record has told a ledger who wants no answers. */
export interface OptOutsTold {
  /** The ledger that was told: a reborn one has another name, and knows nothing for certain. */
  readonly ledgerId: string
  /** `optOutKey` of the last person told; null before the first. */
  readonly through: string | null
  readonly whole: boolean
}

/** Why an account rests. A holder's pause says that the platform wants a person or rest; an operator's only stops acting. */
export interface Pause {
  readonly reason: string
  readonly until: Millis | null
  readonly by: 'operator' | 'holder'
}

export interface Account {
  readonly config: AccountConfig
  readonly pause: Pause | null
  /** Fencing number of the latest lease. */
  readonly fence: number
  /** The message (UUIDv7) in which an operator last paused or resumed it. */
  readonly said?: string | undefined
  /** Since when it is no account of ours; what it did is still known. */
  readonly removedAt?: Millis | undefined
}

export interface LeaseRecord {
  readonly leaseId: string
  readonly account: AccountId
  readonly class: LeaseClass
  readonly fence: number
  readonly grantedAt: Millis
  readonly expiresAt: Millis
  /** The observed exit of its browser. */
  readonly endedAt: Millis | null
}

export type { KillSwitch }

/** What a ledger knows that was never told otherwise. */
export const NO_KILL_SWITCH: KillSwitch = { on: false, by: '', reason: '' }

/** The hash of an action that is known only from a fact, which does not say it: no content has it, and any may be meant. */
export const UNKNOWN_HASH = Hash.parse('0'.repeat(64))

/** Whether a correction called this id another post's: what is said of it is not about this action. */
export const isMistaken = ({ platformId, corrected }: Action, said: PlatformId): boolean =>
  said !== platformId && corrected?.named.includes(said) === true

export const keyOf = ({ postId, revision, segment }: ActionKey): ActionKey => ({ postId, revision, segment })
export const sameKey = (a: ActionKey, b: ActionKey): boolean =>
  a.postId === b.postId && a.revision === b.revision && a.segment === b.segment
export const nameOf = ({ postId, revision, segment }: ActionKey): string =>
  `segment ${segment} of post ${postId} (revision ${revision})`
export const instant = (at: Millis): string => new Date(at).toISOString()
