import type {
  AccountConfigured,
  AccountPaused,
  AccountId,
  AccountResumed,
  ActionKey,
  AlertCleared,
  AlertRaised,
  ApprovedPost,
  FactContract,
  InputOf,
  PostCancelled,
  PostId,
  PostSubmitted,
  PublishPost,
  SegmentAborted,
  SegmentBegun,
  SegmentDeleted,
  SegmentDeleting,
  SegmentPublished,
  SegmentUnknown,
} from '@surepost/shared/contracts'
import type {
  Account,
  Action,
  Appointment,
  KillSwitch,
  LeaseRecord,
  Millis,
  OptOut,
  OptOutsTold,
  Revocation,
  Spend,
} from './model.ts'

type FactOf<C extends FactContract> = { readonly emit: C['type']; readonly body: Omit<InputOf<C>, 'ledger'> }

/** A fact of the ledger's, without its mark (id, sequence), which the store adds as it writes. */
export type Said =
  | FactOf<typeof SegmentBegun>
  | FactOf<typeof SegmentUnknown>
  | FactOf<typeof SegmentAborted>
  | FactOf<typeof SegmentPublished>
  | FactOf<typeof SegmentDeleting>
  | FactOf<typeof SegmentDeleted>
  | FactOf<typeof PostSubmitted>
  | FactOf<typeof PostCancelled>
  | FactOf<typeof AccountConfigured>
  | FactOf<typeof AccountPaused>
  | FactOf<typeof AccountResumed>
  | FactOf<typeof AlertRaised>
  | FactOf<typeof AlertCleared>

/** A command that the ledger sends (an action that was left open). */
export interface Sent {
  readonly send: (typeof PublishPost)['type']
  readonly body: ApprovedPost
}

/** What a decision changes. All writes of one decision are one transaction. */
export type Write =
  | { readonly put: 'action'; readonly action: Action }
  | { readonly put: 'spend'; readonly spend: Spend }
  | { readonly put: 'appointment'; readonly appointment: Appointment }
  | { readonly put: 'revocation'; readonly revocation: Revocation }
  | { readonly put: 'account'; readonly account: Account }
  | { readonly put: 'lease'; readonly lease: LeaseRecord }
  | { readonly put: 'opt_out'; readonly optOut: OptOut }
  | { readonly put: 'opt_outs_told'; readonly told: OptOutsTold }
  | { readonly put: 'command'; readonly command: ApprovedPost }
  | { readonly put: 'kill_switch'; readonly killSwitch: KillSwitch }
  | { readonly drop: 'spend'; readonly key: ActionKey; readonly attempt: number }
  | { readonly drop: 'reservations'; readonly postId: PostId; readonly revision: number }
  | { readonly drop: 'appointment'; readonly postId: PostId }
  | { readonly drop: 'session'; readonly account: AccountId }
  /** The click of this attempt cannot have been later than `clickedBy`. Said once: a later word changes nothing. */
  | { readonly close: 'spend'; readonly key: ActionKey; readonly attempt: number; readonly clickedBy: Millis }
  | Said
  | Sent

export interface Decision<Answer> {
  readonly answer: Answer
  readonly writes: readonly Write[]
}

/** A refusal that is no answer of the protocol: whoever asked did something that cannot be. Nothing is written. */
export interface Refused {
  readonly refused: string
  readonly detail: string
}

export const refuse = (refused: string, detail: string): Decision<Refused> => ({
  answer: { refused, detail },
  writes: [],
})
export const nothing = <Answer>(answer: Answer): Decision<Answer> => ({ answer, writes: [] })
