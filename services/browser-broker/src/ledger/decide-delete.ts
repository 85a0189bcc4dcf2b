import type { DeleteAnswer, Deletion } from '@surepost/shared/contracts'
import { decideGone } from './decide-settle.ts'
import { type Millis, instant, isMistaken, nameOf } from './model.ts'
import type { Policy } from './policy.ts'
import type { Tables } from './views.ts'
import { type Decision, type Refused, type Write, nothing, refuse } from './writes.ts'

type Told = { readonly told: true }

const saying = ({ postId, segment, account, platformId, by }: Deletion, now: Millis): Write => ({
  emit: 'post.segment_deleting',
  body: { at: instant(now), postId, segment, account, platformId, by },
})

/** The id is no other segment's. One that this ledger does not know may be older than what it keeps. */
const foreign = (tables: Tables, { postId, segment, account, platformId }: Deletion): Refused | null => {
  const owner = tables.ownerOf(account, platformId)
  const own = tables.post(postId).actions.find((action) => action.segment === segment && isMistaken(action, platformId))
  if (own !== undefined)
    return {
      refused: 'other_segment',
      detail: `${platformId} was recorded for ${nameOf(own)} by mistake; it is ${own.platformId}.`,
    }
  if (owner === null || (owner.postId === postId && owner.segment === segment)) return null
  return {
    refused: 'other_segment',
    detail: `${platformId} is ${nameOf(owner)}, and not segment ${segment} of ${postId}.`,
  }
}

/**
 * "May this be deleted?" Only what a person asked for, under the id it has, and not while everything is stopped. Deleting
 * twice is harmless, so what was begun and not finished is simply begun again.
 */
export const decideBeginDelete = (
  tables: Tables,
  deletion: Deletion,
  now: Millis,
  policy: Policy,
): Decision<DeleteAnswer | Refused> => {
  const other = foreign(tables, deletion)
  if (other !== null) return refuse(other.refused, other.detail)
  if (tables.ownerOf(deletion.account, deletion.platformId)?.gone === 'deleted') return nothing({ answer: 'gone' })
  const { killSwitch } = tables.ledger()
  const pause = tables.account(deletion.account)?.pause ?? null
  const no = (reason: 'paused' | 'kill_switch', until: Millis, detail: string): Decision<DeleteAnswer> =>
    nothing({ answer: 'refused', reason, until: instant(until), detail })
  if (killSwitch.on) return no('kill_switch', now + policy.recheckMs, `The kill switch is on (${killSwitch.reason}).`)
  if (pause !== null && (pause.until ?? Infinity) > now)
    return no('paused', pause.until ?? now + policy.recheckMs, `The account is paused: ${pause.reason}.`)
  return { answer: { answer: 'go' }, writes: [saying(deletion, now)] }
}

/** It is gone from the platform, and was live before: it is never created again. */
export const decideDeleted = (tables: Tables, deletion: Deletion, now: Millis): Decision<Told | Refused> => {
  const other = foreign(tables, deletion)
  if (other !== null) return refuse(other.refused, other.detail)
  const { postId, segment, account, platformId } = deletion
  const fact = { at: instant(now), postId, segment, account, platformId }
  const { answer, writes } = decideGone(tables, fact, 'deleted', now)
  return {
    answer: { told: true },
    writes: answer === 'known' ? writes : [...writes, { emit: 'post.segment_deleted', body: fact }],
  }
}
