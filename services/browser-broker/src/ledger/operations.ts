import type {
  AccountConfig,
  AccountId,
  BeginAction,
  BodyOf,
  Deletion,
  Hash,
  MentionOptedOut,
  PostId,
  SegmentCorrected,
  SegmentDeleted,
  SegmentMissing,
  SegmentPublished,
  SettleSegment,
  TellOptOuts,
} from '@surepost/shared/contracts'
import { decideConfigure, decideKillSwitch, decidePause, decideRemove, decideResume } from './decide-account.ts'
import { decideBegin } from './decide-begin.ts'
import { type Cancellation, type Edit, decideCancel, decideRevise } from './decide-cancel.ts'
import { decideCorrected } from './decide-correct.ts'
import { decideBeginDelete, decideDeleted } from './decide-delete.ts'
import { type LeaseAsk, decideGate, decideLease, decideRenew, holderTrouble } from './decide-lease.ts'
import {
  type Outcome,
  type Published,
  decideAbort,
  decideAbsent,
  decideComplete,
  decideLeaseEnded,
  decideUnknown,
} from './decide-outcome.ts'
import { decideOptOut, decideTellOptOuts } from './decide-optout.ts'
import { decidePerson } from './decide-person.ts'
import { decideResends } from './decide-resend.ts'
import { decideGone, decidePublished } from './decide-settle.ts'
import type { Action, KillSwitch, Millis, Pause } from './model.ts'
import type { Policy } from './policy.ts'
import type { Tables } from './views.ts'
import { type Decision, type Refused, nothing } from './writes.ts'

export interface Moment {
  readonly tables: Tables
  readonly now: Millis
  readonly policy: Policy
}

/** Actions are taken by a living `act` lease of their account only. */
const asHolder = <A>({ tables, now }: Moment, outcome: Outcome, decide: () => Decision<A>): Decision<A | Refused> => {
  const account = tables.lease(outcome.leaseId)?.account
  const trouble =
    account === undefined
      ? { refused: 'lease_over', detail: 'The lease is over.' }
      : holderTrouble(tables, outcome.leaseId, account, now)
  return trouble === null ? decide() : nothing(trouble)
}

/**
 * All that the ledger can be asked, each a decision over its tables at one moment: the same functions in production
 * (SQLite, one transaction) and in a simulation.
 */
export const OPERATIONS = {
  begin: (m: Moment, request: BeginAction, leaseId: string) => {
    const trouble = holderTrouble(m.tables, leaseId, request.account, m.now)
    return trouble === null ? decideBegin(m.tables, request, leaseId, m.now, m.policy) : nothing(trouble)
  },
  complete: (m: Moment, outcome: Outcome, published: Published) =>
    asHolder(m, outcome, () => decideComplete(m.tables, outcome, published, m.now)),
  abort: (m: Moment, outcome: Outcome, reason: string) =>
    asHolder(m, outcome, () => decideAbort(m.tables, outcome, reason, m.now)),
  unknown: (m: Moment, outcome: Outcome, reason: string) =>
    asHolder(m, outcome, () => decideUnknown(m.tables, outcome, reason, m.now)),
  absent: (m: Moment, outcome: Outcome, readingBeganAt: Millis) =>
    asHolder(m, outcome, () => decideAbsent(m.tables, outcome, readingBeganAt, m.now, m.policy)),

  beginDelete: (m: Moment, deletion: Deletion, leaseId: string) => {
    const trouble = holderTrouble(m.tables, leaseId, deletion.account, m.now)
    return trouble === null ? decideBeginDelete(m.tables, deletion, m.now, m.policy) : nothing(trouble)
  },
  endDelete: (m: Moment, deletion: Deletion, leaseId: string) => {
    const trouble = holderTrouble(m.tables, leaseId, deletion.account, m.now)
    return trouble === null ? decideDeleted(m.tables, deletion, m.now) : nothing(trouble)
  },

  gate: (m: Moment, ask: Omit<LeaseAsk, 'leaseId'>) => decideGate(m.tables, ask, m.now, m.policy),
  openLease: (m: Moment, ask: LeaseAsk) => decideLease(m.tables, ask, m.now, m.policy),
  renewLease: (m: Moment, leaseId: string) => decideRenew(m.tables, leaseId, m.now, m.policy),
  leaseEnded: (m: Moment, leaseId: string, at: Millis, reason: string) =>
    decideLeaseEnded(m.tables, leaseId, at, reason, m.now),
  /** Whether anything that the lease began may still be clicked or is not settled: its browser is not used again. */
  leaseIsClean: (m: Moment, leaseId: string) => nothing(m.tables.unsettledOf(leaseId).length === 0),

  cancel: (m: Moment, request: Cancellation) => decideCancel(m.tables, request, m.now),
  revise: (m: Moment, edit: Edit) => decideRevise(m.tables, edit, m.now),
  settle: (m: Moment, word: BodyOf<typeof SettleSegment>) => decidePerson(m.tables, word, m.now, m.policy),
  published: (m: Moment, fact: BodyOf<typeof SegmentPublished>) => decidePublished(m.tables, fact, m.now),
  /** The post that already has one of these texts on the account, as far as this ledger knows, and until when it stands. */
  sameText: (m: Moment, account: AccountId, hashes: readonly Hash[], except: PostId) => {
    const since = m.now - m.policy.sameTextWindowMs
    const twins = hashes.flatMap((hash) => m.tables.sameText(account, hash, since, except) ?? [])
    const until = (twin: Action): Millis => twin.begunAt + m.policy.sameTextWindowMs
    const [last] = twins.toSorted((a, b) => until(b) - until(a))
    return nothing(last === undefined ? null : { postId: last.postId, platformId: last.platformId, until: until(last) })
  },
  corrected: (m: Moment, fact: BodyOf<typeof SegmentCorrected>) => decideCorrected(m.tables, fact, m.now),
  deleted: (m: Moment, fact: BodyOf<typeof SegmentDeleted>) => decideGone(m.tables, fact, 'deleted', m.now),
  missing: (m: Moment, fact: BodyOf<typeof SegmentMissing>) => decideGone(m.tables, fact, 'missing', m.now),

  optOut: (_: Moment, fact: BodyOf<typeof MentionOptedOut>) => decideOptOut(fact),
  tellOptOuts: (m: Moment, page: BodyOf<typeof TellOptOuts>) => decideTellOptOuts(m.tables, page),
  configure: (m: Moment, config: AccountConfig) => decideConfigure(m.tables, config, m.now),
  pause: (m: Moment, account: AccountId, pause: Pause, said?: string) =>
    decidePause(m.tables, account, pause, m.now, said),
  resume: (m: Moment, account: AccountId, by: string, said?: string) =>
    decideResume(m.tables, account, by, m.now, said),
  remove: (m: Moment, account: AccountId, by: string) => decideRemove(m.tables, account, by, m.now),
  killSwitch: (m: Moment, killSwitch: KillSwitch) => decideKillSwitch(m.tables, killSwitch, m.now),
  resend: (m: Moment) => decideResends(m.tables, m.now, m.policy),
}

export type Operations = typeof OPERATIONS
export type OperationName = keyof Operations

type Rest<T> = T extends [Moment, ...infer R] ? R : never
export type ArgumentsOf<Name extends OperationName> = Rest<Parameters<Operations[Name]>>
export type AnswerOf<Name extends OperationName> = ReturnType<Operations[Name]>['answer']
