import type { BeginAction, BeginAnswer, BeginRefusal } from '@surepost/shared/contracts'
import { isCommandStale, isLater } from './age.ts'
import { optOutGate, otherAccountGate, untoldGate } from './decide-optout.ts'
import { type Action, type Millis, instant, keyOf } from './model.ts'
import type { Policy } from './policy.ts'
import { giveUpAt } from './settle-window.ts'
import { type Room, roomFor, spendsOfBegin } from './spending.ts'
import type { Tables } from './views.ts'
import { type Decision, type Write, nothing } from './writes.ts'

type Refusal = Extract<BeginAnswer, { answer: 'refused' }>

export const refused = (reason: BeginRefusal, until: Millis | null, detail: string): Decision<Refusal> =>
  nothing({ answer: 'refused', reason, until: until === null ? null : instant(until), detail })

/** What every fact of an action says of it. */
export const factOf = (action: Action, now: Millis) => ({
  at: instant(now),
  ...keyOf(action),
  account: action.account,
  attempt: action.attempt,
})

/** The latest command is kept, for sending it again. */
export const keepCommand = (tables: Tables, { command }: BeginAction): Write[] =>
  command !== undefined && isLater(command, tables.command(command.postId, command.revision))
    ? [{ put: 'command', command }]
    : []

/** The row of a new attempt. */
export const begun = (
  request: BeginAction,
  before: Action | undefined,
  leaseId: string | null,
  now: Millis,
): Action => ({
  ...keyOf(request),
  segments: request.segments,
  hash: request.hash,
  textHash: request.textHash,
  account: request.account,
  kind: request.kind,
  notAfter: Date.parse(request.notAfter),
  state: 'open',
  attempt: (before?.attempt ?? 0) + 1,
  absences: before?.absences ?? 0,
  firstBegunAt: before?.firstBegunAt ?? now,
  begunAt: now,
  leaseId,
  unknownSince: null,
  quietSince: null,
  platformId: null,
  url: null,
  publishedAt: null,
  source: null,
  gone: null,
  reason: null,
  touchedAt: now,
  resends: 0,
})

/** A fresh create, if nothing stands against it. The order of the gates is the order of what a person wants to hear. */
export const decideFresh = (
  tables: Tables,
  request: BeginAction,
  before: Action | undefined,
  leaseId: string,
  now: Millis,
  policy: Policy,
): Decision<BeginAnswer> => {
  const gate =
    revokedGate(tables, request) ??
    staleGate(tables, request) ??
    optOutGate(tables, request) ??
    otherAccountGate(tables, request, now - policy.sameTextWindowMs) ??
    orderGate(tables, request, before, now, policy) ??
    timeGate(request, now) ??
    untoldGate(tables, request, now, policy) ??
    twinGate(tables, request, now, policy)
  if (gate !== null) return gate
  const room = roomFor(tables, request, now, policy)
  if (room.refused !== null) return refusedForRoom(request, room)
  const action = begun(request, before, leaseId, now)
  return {
    answer: { answer: 'fresh', attempt: action.attempt },
    writes: [
      { put: 'action', action },
      ...spendsOfBegin(tables, request, action.attempt, now),
      { drop: 'appointment', postId: request.postId },
      ...keepCommand(tables, request),
      { emit: 'post.segment_begun', body: factOf(action, now) },
    ],
  }
}

type Gate = Decision<BeginAnswer> | null

/** A cancelled post is never begun; what was begun before the cancel and lives goes on to its end (too late is too late). */
const revokedGate = (tables: Tables, request: BeginAction): Gate => {
  const { actions, revocation } = tables.post(request.postId)
  const revoked = revocation !== null && (revocation.throughRevision ?? request.revision) >= request.revision
  const live = actions.some((a) => a.state === 'done' && (a.revision === request.revision || a.revision === 0))
  if (revoked && !live) return nothing({ answer: 'revoked' })
  return actions.some((a) => a.revision > request.revision) ? nothing({ answer: 'revoked' }) : null
}

/** Its command may have been called off before this ledger was born; if not, it is dispatched again. */
const staleGate = (tables: Tables, request: BeginAction): Gate => {
  const command = request.command ?? tables.command(request.postId, request.revision)
  const { postId, acceptedAt = command?.acceptedAt } = request
  return isCommandStale(tables, { postId, acceptedAt }, command) ? nothing({ answer: 'revoked' }) : null
}

const orderGate = (
  tables: Tables,
  request: BeginAction,
  before: Action | undefined,
  now: Millis,
  policy: Policy,
): Gate => {
  const { actions } = tables.post(request.postId)
  const older = actions.find((a) => a.revision !== 0 && a.revision < request.revision && a.state !== 'aborted')
  if (older !== undefined)
    return refused(
      'hash_changed',
      null,
      `Revision ${older.revision} of this post was begun; it is not edited any more.`,
    )
  const previous = actions.find(
    (a) => a.segment === request.segment - 1 && (a.revision === request.revision || a.revision === 0),
  )
  if (request.segment > 0 && previous?.state !== 'done')
    return refused('not_yet', now + policy.recheckMs, `Segment ${request.segment - 1} is not live yet.`)
  if ((before?.absences ?? 0) >= policy.maxAbsences)
    return refused(
      'attempts_spent',
      null,
      `It was tried ${before?.attempt ?? 0} times without a trace on the platform.`,
    )
  return null
}

const timeGate = ({ notAfter }: BeginAction, now: Millis): Gate =>
  now >= Date.parse(notAfter) ? refused('too_late', null, `It was to be published by ${notAfter}.`) : null

/** What the platform, or whoever looks there for it, cannot tell from another post of the account is not created beside it. */
const twinGate = (tables: Tables, request: BeginAction, now: Millis, policy: Policy): Gate => {
  if (request.textHash === null) return wordlessGate(tables, request, now, policy)
  const twin = tables.sameText(request.account, request.textHash, now - policy.sameTextWindowMs, request.postId)
  if (twin === null) return null
  const where = twin.platformId === null ? 'is being published' : `is live as ${twin.platformId}`
  const until = twin.begunAt + policy.sameTextWindowMs
  return refused(
    'same_text',
    until,
    `The same text ${where} on this account (post ${twin.postId}); ${instant(until)} is the earliest for it.`,
  )
}

/** Of images alone there may be many, one after the other: the next one when it is known what became of the last. */
const wordlessGate = (tables: Tables, { account, postId }: BeginAction, now: Millis, policy: Policy): Gate => {
  const unsettled = tables.unsettledWordless(account, postId)
  const twin = unsettled.find((action) => giveUpAt(tables, action, now, policy) > now)
  return twin === undefined
    ? null
    : refused(
        'not_yet',
        now + policy.recheckMs,
        `Post ${twin.postId}, without a text as well, is not settled yet: the two could not be told apart.`,
      )
}

/** The time that is kept for it; past its `notAfter` none is kept, and it is asked once more to end as too late. */
const refusedForRoom = (request: BeginAction, { refused: reason, at, need, detail }: Room): Decision<BeginAnswer> => {
  const notAfter = Date.parse(request.notAfter)
  const until = at === null ? null : instant(Math.min(at, notAfter))
  const { postId, account, kind } = request
  return {
    answer: { answer: 'refused', reason: reason ?? 'budget', until, detail },
    writes:
      at === null || at >= notAfter
        ? [{ drop: 'appointment', postId }]
        : [{ put: 'appointment', appointment: { postId, account, kind, at, need } }],
  }
}
