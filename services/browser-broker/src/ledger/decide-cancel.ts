import type { AccountId, CancelAnswer } from '@surepost/shared/contracts'
import { type Aged, mayBeForgotten } from './age.ts'
import { type Action, type Millis, type Revocation, instant, sameKey } from './model.ts'
import type { Tables } from './views.ts'
import type { Decision, Write } from './writes.ts'

export interface Cancellation extends Aged {
  readonly account: AccountId
  /** Only revisions up to this one (an edit makes the next); null for all. */
  readonly throughRevision: number | null
  readonly by: string
  readonly reason: string
}

const covers = (revocation: Revocation, action: Action): boolean =>
  (revocation.throughRevision ?? action.revision) >= action.revision

/** True when it is certain that nothing of the post is live, may be live, or can become live. */
const nothingLeft = (actions: readonly Action[]): boolean => actions.every((a) => a.state === 'aborted')

/** `post.cancelled` ends a post; the revocation of an edit (a bounded one) does not. */
const announcement = (revocation: Revocation, now: Millis): Write[] => {
  const { postId, by, reason } = revocation
  return [
    { put: 'revocation', revocation: { ...revocation, announced: true } },
    ...(revocation.throughRevision === null
      ? [{ emit: 'post.cancelled' as const, body: { at: instant(now), postId, by, reason } }]
      : []),
  ]
}

/**
 * Cancel a post, seen or not. `cancelled`: nothing of it was created and nothing will be. `too_late`: something was
 * begun that is or may be live (perhaps by a ledger that this one replaced); it is not begun anew all the same. An edit
 * that is too late changes nothing: the revision goes on as it was approved. Asked twice it answers by what is then true.
 */
export const decideCancel = (tables: Tables, request: Cancellation, now: Millis): Decision<CancelAnswer> => {
  const { actions, revocation: before } = tables.post(request.postId)
  const wider =
    before !== null && (before.throughRevision === null || before.throughRevision === request.throughRevision)
  const { postId, account, throughRevision, by, reason } = request
  const revocation: Revocation = wider
    ? before
    : { postId, account, throughRevision, by, reason, at: now, announced: false }
  const covered = actions.filter((a) => covers(revocation, a))
  const gone = nothingLeft(covered) && !mayBeForgotten(tables, request, covered)
  const drop: Write = { drop: 'appointment', postId }
  if (!gone && throughRevision !== null) return { answer: { result: 'too_late' }, writes: [] }
  if (!gone) return { answer: { result: 'too_late' }, writes: [{ put: 'revocation', revocation }, drop] }
  return {
    answer: { result: 'cancelled' },
    writes: revocation.announced ? [drop] : [...announcement(revocation, now), drop],
  }
}

/** After an attempt came to nothing: if the post was cancelled meanwhile, that is now its end. */
export const announceIfSettled = (tables: Tables, changed: Action, now: Millis): Write[] => {
  const { actions, revocation } = tables.post(changed.postId)
  if (revocation === null || revocation.announced || !covers(revocation, changed)) return []
  const current = actions.map((a) => (sameKey(a, changed) ? changed : a))
  return nothingLeft(current.filter((a) => covers(revocation, a))) ? announcement(revocation, now) : []
}
