import type { AccountId, BodyOf, CancelAnswer, PostSubmitted, ReviseAnswer } from '@surepost/shared/contracts'
import { type Aged, mayBeForgotten } from './age.ts'
import { type Action, type Millis, type Revocation, instant, sameKey } from './model.ts'
import type { Tables } from './views.ts'
import { type Decision, type Write, nothing } from './writes.ts'

export interface Cancellation extends Aged {
  readonly account: AccountId
  readonly by: string
  readonly reason: string
}

export interface Edit {
  /** The next revision, complete. */
  readonly next: BodyOf<typeof PostSubmitted>
  readonly by: string
  readonly acceptedAt?: string | undefined
}

/** True when it is certain that nothing of these is live, may be live, or can become live. */
const nothingLeft = (actions: readonly Action[]): boolean => actions.every((a) => a.state === 'aborted')

/** `post.cancelled` ends a post. */
const announcement = (revocation: Revocation, now: Millis): Write[] => {
  const { postId, by, reason } = revocation
  return [
    { put: 'revocation', revocation: { ...revocation, announced: true } },
    { emit: 'post.cancelled', body: { at: instant(now), postId, by, reason } },
  ]
}

/**
 * Cancel a post, seen or not. `cancelled`: nothing of it was created and nothing will be. `too_late`: something was
 * begun that is or may be live (perhaps by a ledger that this one replaced); it is not begun anew all the same. Asked
 * twice it answers by what is then true.
 */
export const decideCancel = (tables: Tables, request: Cancellation, now: Millis): Decision<CancelAnswer> => {
  const { actions, revocation: before } = tables.post(request.postId)
  const { postId, account, by, reason } = request
  const revocation: Revocation =
    before?.throughRevision === null
      ? before
      : { postId, account, throughRevision: null, next: null, by, reason, at: now, announced: false }
  const gone = nothingLeft(actions) && !mayBeForgotten(tables, request, actions)
  const drop: Write = { drop: 'appointment', postId }
  if (!gone) return { answer: { result: 'too_late' }, writes: [{ put: 'revocation', revocation }, drop] }
  return {
    answer: { result: 'cancelled' },
    writes: revocation.announced ? [drop] : [...announcement(revocation, now), drop],
  }
}

/** After an attempt came to nothing: if the post was cancelled meanwhile, that is now its end. */
export const announceIfSettled = (tables: Tables, changed: Action, now: Millis): Write[] => {
  const { actions, revocation } = tables.post(changed.postId)
  if (revocation === null || revocation.throughRevision !== null || revocation.announced) return []
  const current = actions.map((a) => (sameKey(a, changed) ? changed : a))
  return nothingLeft(current) ? announcement(revocation, now) : []
}

/** An edit is the same edit when its content and its time are. */
const editOf = ({ hash, scheduledAt }: Edit['next']): string => `${hash} ${scheduledAt ?? 'at once'}`

/**
 * Edit a post: call off every revision before the next one, and say the next one, in one transaction. `too_late` changes
 * nothing: the revision goes on as it was approved. Of two edits of one revision the first stands; its repeat is `revised`.
 */
export const decideRevise = (tables: Tables, { next, by, acceptedAt }: Edit, now: Millis): Decision<ReviseAnswer> => {
  const { postId, account } = next
  const { actions, revocation: before } = tables.post(postId)
  const throughRevision = next.revision - 1
  if (before !== null && (before.throughRevision === null || before.throughRevision >= throughRevision))
    return nothing({
      result: before.throughRevision === throughRevision && before.next === editOf(next) ? 'revised' : 'conflict',
    })
  if (actions.some((a) => a.revision > throughRevision)) return nothing({ result: 'conflict' })
  if (!nothingLeft(actions) || mayBeForgotten(tables, { postId, acceptedAt }, actions))
    return nothing({ result: 'too_late' })
  const reason = `edited: revision ${next.revision} takes its place`
  const revocation: Revocation = {
    postId,
    account,
    throughRevision,
    next: editOf(next),
    by,
    reason,
    at: now,
    announced: true,
  }
  return {
    answer: { result: 'revised' },
    writes: [
      { put: 'revocation', revocation },
      { drop: 'appointment', postId },
      { emit: 'post.submitted', body: next },
    ],
  }
}
