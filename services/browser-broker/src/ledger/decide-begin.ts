import type { BeginAction, BeginAnswer, BeginRefusal } from '@surepost/shared/contracts'
import { type Action, type Millis, instant, keyOf, nameOf, UNKNOWN_HASH } from './model.ts'
import { HOUR, type Policy } from './policy.ts'
import { spendsOfBegin, type Room, roomFor } from './spending.ts'
import type { Tables } from './views.ts'
import { type Decision, type Write, nothing } from './writes.ts'

type Refusal = Extract<BeginAnswer, { answer: 'refused' }>

/** Times of this ledger and of the platform may differ; an id older than this before the first begin is another post's. */
const TAKEN_BEFORE_MS = HOUR

const refused = (reason: BeginRefusal, until: Millis | null, detail: string): Decision<Refusal> =>
  nothing({ answer: 'refused', reason, until: until === null ? null : instant(until), detail })

/**
 * "May this be created?" The ledger's answer and what it writes for it; nothing may be clicked before it is durable.
 * What has happened outranks everything (`done`, `unknown`): budgets, pauses and revocations gate only a fresh create.
 * @param leaseId the asker's `act` lease of this account, alive
 */
export const decideBegin = (
  tables: Tables,
  request: BeginAction,
  leaseId: string,
  now: Millis,
  policy: Policy,
): Decision<BeginAnswer> => {
  const { actions } = tables.post(request.postId)
  const same = actions.filter((a) => a.revision === request.revision || a.revision === 0)
  const action = same.find((a) => a.segment === request.segment)
  const other = same.find((a) => a.hash !== UNKNOWN_HASH && a.hash !== request.hash)
  if (other !== undefined)
    return refused(
      'hash_changed',
      null,
      `Revision ${request.revision} was begun with another content (hash ${other.hash}).`,
    )
  if (action?.state === 'done') return done(action, now)
  if (action?.state === 'open' || action?.state === 'unknown') return unknown(tables, action, now, policy)
  if (wasBegunByAnother(tables, request, action)) return lost(tables, request, action, now, policy)
  return decideFresh(tables, request, action, leaseId, now, policy)
}

const done = (action: Action, now: Millis): Decision<BeginAnswer> => {
  if (action.platformId === null || action.url === null) throw new Error(`${nameOf(action)} is done without an id`)
  return {
    answer: { answer: 'done', platformId: action.platformId, url: action.url },
    writes: [{ put: 'action', action: { ...action, touchedAt: now } }],
  }
}

/** When absence begins to count. While the browser may live: no earlier than the end of its lease could make it. */
export const settledAt = (tables: Tables, action: Action, now: Millis, policy: Policy): Millis => {
  const lease = action.leaseId === null ? null : tables.lease(action.leaseId)
  return (action.quietSince ?? Math.max(now, lease?.expiresAt ?? now)) + policy.settleWindowMs
}

/** The answer that sends its asker to the platform. */
export const unknown = (tables: Tables, action: Action, now: Millis, policy: Policy): Decision<BeginAnswer> => {
  const settled = settledAt(tables, action, now, policy)
  const giveUpAt = Math.max(
    (action.unknownSince ?? action.begunAt) + policy.giveUpAfterMs,
    settled + policy.leastLookMs,
  )
  return {
    answer: {
      answer: 'unknown',
      attempt: action.attempt,
      firstBegunAt: instant(action.firstBegunAt),
      settledAt: instant(settled),
      taken: [...tables.taken(action.account, action.firstBegunAt - TAKEN_BEFORE_MS, action)],
      giveUpAt: instant(giveUpAt),
    },
    writes: [{ put: 'action', action: { ...action, touchedAt: now } }],
  }
}

/** Milliseconds of a UUIDv7 (RFC 9562 §5.7: its first 48 bits); undefined for any other version. */
const timeOfUuid = (id: string): Millis | undefined =>
  id[14] === '7' ? Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16) : undefined

/** Without any sign of its age a post counts as accepted now. */
const acceptedAt = (request: BeginAction): Millis =>
  request.acceptedAt === undefined
    ? (timeOfUuid(request.postId) ?? Number.POSITIVE_INFINITY)
    : Date.parse(request.acceptedAt)

/** Of a post accepted before this ledger's birth only what was learned after it counts. */
const wasBegunByAnother = (tables: Tables, request: BeginAction, action: Action | undefined): boolean => {
  const { birth } = tables.ledger()
  return acceptedAt(request) < birth && (action === undefined || action.touchedAt < birth)
}

/** A ledger that was lost may have begun it, and its browser may have lived on until its lease ended. */
const lost = (
  tables: Tables,
  request: BeginAction,
  before: Action | undefined,
  now: Millis,
  policy: Policy,
): Decision<BeginAnswer> => {
  const { birth } = tables.ledger()
  const quietSince = birth + policy.leaseMs.act.most
  const action: Action = {
    ...begun(request, before, null, now),
    state: 'unknown',
    firstBegunAt: acceptedAt(request),
    unknownSince: now,
    quietSince,
    reason: 'the ledger that knew of this post was lost',
  }
  const said: Write[] = [
    { put: 'action', action },
    {
      put: 'spend',
      spend: {
        ...keyOf(action),
        account: action.account,
        kind: action.kind,
        attempt: action.attempt,
        state: 'spent',
        at: now,
        clickedBy: quietSince,
      },
    },
    { emit: 'post.segment_unknown', body: { ...factOf(action, now), reason: action.reason ?? '' } },
  ]
  const answer = unknown(tables, action, now, policy)
  return { answer: answer.answer, writes: [...said, ...keepCommand(request)] }
}

export const factOf = (action: Action, now: Millis) => ({
  at: instant(now),
  ...keyOf(action),
  account: action.account,
  attempt: action.attempt,
})

const keepCommand = ({ command }: BeginAction): Write[] => (command === undefined ? [] : [{ put: 'command', command }])

/** The row of a new attempt. */
const begun = (request: BeginAction, before: Action | undefined, leaseId: string | null, now: Millis): Action => ({
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
    orderGate(tables, request, before, now, policy) ??
    timeGate(tables, request, now, policy)
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
      ...keepCommand(request),
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

const timeGate = (tables: Tables, request: BeginAction, now: Millis, policy: Policy): Gate => {
  if (now >= Date.parse(request.notAfter))
    return refused('too_late', null, `It was to be published by ${request.notAfter}.`)
  if (request.textHash === null) return null
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
