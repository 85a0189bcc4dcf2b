import type { BodyOf, SegmentCorrected } from '@surepost/shared/contracts'
import { doneWrites } from './decide-outcome.ts'
import { type Settled, conflict, heard } from './decide-settle.ts'
import { spendOf } from './spending.ts'
import { type Action, type Millis, nameOf } from './model.ts'
import type { Tables } from './views.ts'
import { type Decision, nothing } from './writes.ts'

/** The one that was live, or may be; of a segment that was edited the others never were. */
const subjectOf = (actions: readonly Action[]): Action | undefined =>
  actions.find(({ state }) => state === 'done') ?? actions.find(({ state }) => state !== 'aborted') ?? actions.at(-1)

/**
 * An audit saw that the id of a live segment is another post's, and which one is true. The latest correction stands, as it
 * does in the database, in whatever order they are heard; the id that was wrong is free for the post that it belongs to.
 */
export const decideCorrected = (
  tables: Tables,
  fact: BodyOf<typeof SegmentCorrected>,
  now: Millis,
): Decision<Settled> => {
  const { platformId, url } = fact
  const action = subjectOf(tables.post(fact.postId).actions.filter(({ segment }) => segment === fact.segment))
  const subject = action ?? heard(fact, now)
  const at = Date.parse(fact.at)
  const { corrected } = subject
  const named = [...new Set([...(corrected?.named ?? []), fact.wrong, platformId])]
  const isOld = corrected !== undefined && corrected.at >= at
  if (isOld && named.length === corrected.named.length) return nothing('known')
  if (isOld)
    return {
      answer: 'settled',
      writes: [{ put: 'action', action: { ...subject, corrected: { ...corrected, named } } }],
    }
  const owner = tables.ownerOf(fact.account, platformId)
  if (owner !== null && !(owner.postId === fact.postId && owner.segment === fact.segment))
    return conflict(
      subject,
      `${nameOf(subject)} was corrected to ${platformId}, which belongs to ${nameOf(owner)}.`,
      now,
    )
  const marked: Action = { ...subject, corrected: { at, named } }
  const published = { platformId, url, publishedAt: Date.parse(fact.publishedAt), source: 'audit' } as const
  if (action === undefined) return { answer: 'settled', writes: [{ put: 'action', action: marked }, spendOf(marked)] }
  if (action.state !== 'done')
    return {
      answer: 'settled',
      writes: doneWrites(tables, marked, published, now).filter((write) => !('emit' in write)),
    }
  // What was seen to be gone under the wrong id is not: this one was seen.
  return {
    answer: 'settled',
    writes: [{ put: 'action', action: { ...marked, ...published, gone: null, touchedAt: now } }],
  }
}
