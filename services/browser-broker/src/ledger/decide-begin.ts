import type { BeginAction, BeginAnswer } from '@surepost/shared/contracts'
import { begun, decideFresh, factOf, keepCommand, refused } from './decide-fresh.ts'
import { toldLive } from './decide-told.ts'
import { mayBeForgotten, mayBeLiveSince } from './age.ts'
import { type Action, type Millis, UNKNOWN_HASH, instant, keyOf, nameOf } from './model.ts'
import { HOUR, type Policy } from './policy.ts'
import { giveUpAt, settledAt } from './settle-window.ts'
import type { Tables } from './views.ts'
import { type Decision, type Write } from './writes.ts'

/** Times of this ledger and of the platform may differ; an id older than this before the first begin is another post's. */
const TAKEN_BEFORE_MS = HOUR

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
  const told = toldLive(tables, request, action, action ?? begun(request, undefined, null, now), now)
  if (told !== null) {
    const { platformId, url } = told.action
    return { answer: { answer: 'done', platformId, url }, writes: [...told.writes, ...keepCommand(tables, request)] }
  }
  if (action?.state === 'open' || action?.state === 'unknown') {
    const { answer, writes } = unknown(tables, action, now, policy)
    return { answer, writes: [...writes, ...keepCommand(tables, request)] }
  }
  if (mayBeForgotten(tables, request, action === undefined ? [] : [action]))
    return twinUnderWay(tables, request, now, policy) ?? lost(tables, request, action, now, policy)
  return decideFresh(tables, request, action, leaseId, now, policy)
}

const done = (action: Action, now: Millis): Decision<BeginAnswer> => {
  if (action.platformId === null || action.url === null) throw new Error(`${nameOf(action)} is done without an id`)
  return {
    answer: { answer: 'done', platformId: action.platformId, url: action.url },
    writes: [{ put: 'action', action: { ...action, touchedAt: now } }],
  }
}

/** The answer that sends its asker to the platform. */
export const unknown = (tables: Tables, action: Action, now: Millis, policy: Policy): Decision<BeginAnswer> => {
  return {
    answer: {
      answer: 'unknown',
      attempt: action.attempt,
      firstBegunAt: instant(action.firstBegunAt),
      settledAt: instant(settledAt(tables, action, now, policy)),
      taken: [...tables.taken(action.account, action.firstBegunAt - TAKEN_BEFORE_MS, action)],
      giveUpAt: instant(giveUpAt(tables, action, now, policy)),
    },
    writes: [{ put: 'action', action: { ...action, touchedAt: now } }],
  }
}

/** While another post with its text is under way, what is found on the platform may be either: it waits until that one is settled. */
const twinUnderWay = (
  tables: Tables,
  { account, textHash, postId }: BeginAction,
  now: Millis,
  policy: Policy,
): Decision<BeginAnswer> | null => {
  const twin = textHash === null ? null : tables.sameText(account, textHash, now - policy.sameTextWindowMs, postId)
  if (twin === null || twin.state === 'done' || giveUpAt(tables, twin, now, policy) <= now) return null
  return refused('not_yet', now + policy.recheckMs, `Post ${twin.postId}, with the same text, is not settled yet.`)
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
    firstBegunAt: mayBeLiveSince(request, now),
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
  return { answer: answer.answer, writes: [...said, ...keepCommand(tables, request)] }
}
