import type { ActionKey, BeginAction, BeginAnswer, PlatformId } from '@surepost/shared/contracts'
import { decideBegin, unknown } from './decide-begin.ts'
import { decideFresh, factOf } from './decide-fresh.ts'
import { announceIfSettled } from './decide-cancel.ts'
import { type Action, type Millis, type Source, after, instant, keyOf, nameOf } from './model.ts'
import type { Policy } from './policy.ts'
import { settledAt } from './settle-window.ts'
import type { Tables } from './views.ts'
import { type Decision, type Refused, type Write, nothing, refuse } from './writes.ts'

type Told = { readonly told: true }
const told: Told = { told: true }

export interface Outcome {
  readonly key: ActionKey
  readonly attempt: number
  /** The asker's `act` lease of the action's account, alive. */
  readonly leaseId: string
}

export interface Published {
  readonly platformId: PlatformId
  readonly url: string
  readonly publishedAt: Millis
  readonly source: Source
}

const find = (tables: Tables, key: ActionKey): Action | undefined =>
  tables.post(key.postId).actions.find((a) => a.revision === key.revision && a.segment === key.segment)

const ofLease = (tables: Tables, { key, leaseId }: Outcome): Action | undefined => {
  const action = find(tables, key)
  return action !== undefined && tables.lease(leaseId)?.account === action.account ? action : undefined
}

const notBegun = (key: ActionKey) =>
  refuse('not_begun', `Nothing was begun for ${nameOf(key)} on the account of this lease.`)

/** The row and the facts of an action that is live with this id. */
export const doneWrites = (tables: Tables, action: Action, published: Published, now: Millis): Write[] => {
  const account = tables.account(action.account)
  if (account === null) throw new Error(`the account ${action.account} of ${nameOf(action)} is not configured`)
  const { platformId, url, source } = published
  return [
    { put: 'action', action: { ...action, ...published, state: 'done', gone: null, reason: null, touchedAt: now } },
    { close: 'spend', key: keyOf(action), attempt: action.attempt, clickedBy: action.quietSince ?? now },
    { drop: 'appointment', postId: action.postId },
    {
      emit: 'post.segment_published',
      body: {
        at: instant(now),
        ...keyOf(action),
        account: action.account,
        platform: account.config.platform,
        platformId,
        url,
        publishedAt: instant(published.publishedAt),
        source,
      },
    },
  ]
}

/** It is live with this id. Evidence is accepted in every state and of every attempt that was begun; said twice it changes nothing. */
export const decideComplete = (
  tables: Tables,
  outcome: Outcome,
  published: Published,
  now: Millis,
): Decision<Told | Refused> => {
  const action = ofLease(tables, outcome)
  if (action === undefined || outcome.attempt > action.attempt) return notBegun(outcome.key)
  const { platformId } = published
  if (action.state === 'done' && action.platformId === platformId) return nothing(told)
  if (action.state === 'done')
    return refuse('other_id', `${nameOf(action)} is live as ${action.platformId}; ${platformId} cannot be it as well.`)
  const owner = tables.ownerOf(action.account, platformId)
  if (owner !== null)
    return refuse('id_taken', `${platformId} belongs to ${nameOf(owner)} and not to ${nameOf(action)}.`)
  return { answer: told, writes: doneWrites(tables, action, published, now) }
}

/** Certain that nothing was created in this attempt: only the lease that began it can be, and only while it is open. */
export const decideAbort = (
  tables: Tables,
  outcome: Outcome,
  reason: string,
  now: Millis,
): Decision<Told | Refused> => {
  const action = ofLease(tables, outcome)
  if (action === undefined) return notBegun(outcome.key)
  const own = action.attempt === outcome.attempt && action.leaseId === outcome.leaseId
  if (own && action.state === 'aborted') return nothing(told)
  if (!own || after(action.state, 'abort') === undefined)
    return refuse(
      'abort_refused',
      `${nameOf(action)} is ${action.state} in attempt ${action.attempt}: attempt ${outcome.attempt} cannot be called off.`,
    )
  const aborted: Action = { ...action, state: 'aborted', reason, touchedAt: now }
  return {
    answer: told,
    writes: [
      { put: 'action', action: aborted },
      ...refund(action, now),
      { emit: 'post.segment_aborted', body: { ...factOf(action, now), reason } },
      ...announceIfSettled(tables, aborted, now),
    ],
  }
}

/** Before anything of a thread is live its whole reservation is given back; later ones keep their own place. */
const refund = (action: Action, now: Millis): Write[] => {
  const { account, kind, postId, revision, attempt } = action
  const spent: Write = { drop: 'spend', key: keyOf(action), attempt }
  if (action.segment === 0) return [spent, { drop: 'reservations', postId, revision }]
  return [
    spent,
    {
      put: 'spend',
      spend: { ...keyOf(action), account, kind, attempt: 0, state: 'reserved', at: now, clickedBy: null },
    },
  ]
}

/** The end of this attempt was not seen. */
export const decideUnknown = (
  tables: Tables,
  outcome: Outcome,
  reason: string,
  now: Millis,
): Decision<Told | Refused> => {
  const action = ofLease(tables, outcome)
  if (action === undefined) return notBegun(outcome.key)
  if (action.attempt !== outcome.attempt || action.leaseId !== outcome.leaseId)
    return refuse('unknown_refused', `${nameOf(action)} is in attempt ${action.attempt} of another lease.`)
  if (action.state !== 'open') return nothing(told)
  return { answer: told, writes: unknownWrites(action, { reason, quietSince: null }, now) }
}

const unknownWrites = (
  action: Action,
  { reason, quietSince }: { readonly reason: string; readonly quietSince: Millis | null },
  now: Millis,
): Write[] => [
  { put: 'action', action: { ...action, state: 'unknown', unknownSince: now, quietSince, reason, touchedAt: now } },
  { emit: 'post.segment_unknown', body: { ...factOf(action, now), reason } },
]

/**
 * The browser of a lease was observed gone at `at` (its process's exit; the broker's own restart on the same host; the
 * lease's absolute expiry otherwise): nothing of it can click any more, and what it left open is unknown from then on.
 */
export const decideLeaseEnded = (
  tables: Tables,
  leaseId: string,
  at: Millis,
  reason: string,
  now: Millis,
): Decision<Told> => {
  const lease = tables.lease(leaseId)
  if (lease === null || lease.endedAt !== null) return nothing(told)
  const settle = (action: Action): Write[] => [
    ...(action.state === 'open'
      ? unknownWrites(action, { reason, quietSince: at }, now)
      : [{ put: 'action', action: { ...action, quietSince: at } } as const]),
    { close: 'spend', key: keyOf(action), attempt: action.attempt, clickedBy: at },
  ]
  return {
    answer: told,
    writes: [{ put: 'lease', lease: { ...lease, endedAt: at } }, ...tables.unsettledOf(leaseId).flatMap(settle)],
  }
}

/** What `begin` asked for, as the row remembers it. */
const requestOf = (action: Action): BeginAction => ({
  ...keyOf(action),
  segments: action.segments,
  hash: action.hash,
  textHash: action.textHash,
  account: action.account,
  kind: action.kind,
  notAfter: instant(action.notAfter),
})

/**
 * A whole reading that began at `readingBeganAt` does not hold it. It counts only if it began after the settle window;
 * then nothing was created, and the action may be begun again, through every gate of a fresh one.
 */
export const decideAbsent = (
  tables: Tables,
  outcome: Outcome,
  readingBeganAt: Millis,
  now: Millis,
  policy: Policy,
): Decision<BeginAnswer | Refused> => {
  const action = ofLease(tables, outcome)
  if (action === undefined) return notBegun(outcome.key)
  const request = requestOf(action)
  if (after(action.state, 'absent') === undefined) return decideBegin(tables, request, outcome.leaseId, now, policy)
  const counts = action.quietSince !== null && readingBeganAt > settledAt(tables, action, now, policy)
  if (!counts || readingBeganAt > now || outcome.attempt !== action.attempt) return unknown(tables, action, now, policy)
  const reason = `absent from a reading that began at ${instant(readingBeganAt)}`
  // What a lost ledger may have begun had no lease here, and is no attempt of ours that failed.
  const absences = action.absences + (action.leaseId === null ? 0 : 1)
  const absent: Action = { ...action, state: 'aborted', absences, reason, touchedAt: now }
  const writes: Write[] = [
    { put: 'action', action: absent },
    { emit: 'post.segment_aborted', body: { ...factOf(action, now), reason } },
  ]
  const next = decideFresh(tables, request, absent, outcome.leaseId, now, policy)
  const ended = next.answer.answer === 'revoked' ? announceIfSettled(tables, absent, now) : []
  return { answer: next.answer, writes: [...writes, ...next.writes, ...ended] }
}
