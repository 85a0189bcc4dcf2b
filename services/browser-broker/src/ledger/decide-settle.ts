import {
  ALERTS,
  type BodyOf,
  type SegmentCorrected,
  type SegmentDeleted,
  type SegmentMissing,
  type SegmentPublished,
  raised,
} from '@surepost/shared/contracts'
import { doneWrites } from './decide-outcome.ts'
import { type Action, type Millis, UNKNOWN_HASH, isMistaken, keyOf, nameOf } from './model.ts'
import { spendOf } from './spending.ts'
import type { Tables } from './views.ts'
import { type Decision, nothing } from './writes.ts'

/** What the ledger made of a fact: `settled` changed it, `known` did not, `conflict` speaks against what it knows. */
export type Settled = 'settled' | 'known' | 'conflict'

/** The row of an action that this ledger first hears of from a fact; revision 0 when the fact does not say which. */
export const heard = (
  fact: BodyOf<typeof SegmentPublished> | BodyOf<typeof SegmentCorrected> | BodyOf<typeof SegmentDeleted>,
  now: Millis,
): Action => ({
  postId: fact.postId,
  revision: 'revision' in fact ? fact.revision : 0,
  segment: fact.segment,
  segments: fact.segment + 1,
  hash: UNKNOWN_HASH,
  textHash: null,
  account: fact.account,
  kind: 'post',
  notAfter: now,
  state: 'done',
  attempt: 1,
  absences: 0,
  firstBegunAt: Date.parse('publishedAt' in fact ? fact.publishedAt : fact.at),
  begunAt: Date.parse('publishedAt' in fact ? fact.publishedAt : fact.at),
  leaseId: null,
  unknownSince: null,
  quietSince: null,
  platformId: fact.platformId,
  url: 'url' in fact ? fact.url : `https://x.com/i/status/${fact.platformId}`,
  publishedAt: Date.parse('publishedAt' in fact ? fact.publishedAt : fact.at),
  source: 'audit',
  gone: null,
  reason: null,
  touchedAt: now,
  resends: 0,
})

export const conflict = (action: Action, sentence: string, now: Millis): Decision<Settled> => ({
  answer: 'conflict',
  writes: [
    {
      emit: 'alert.raised',
      body: raised(ALERTS.ledgerConflict, sentence, `${action.postId}.${action.segment}`, new Date(now)),
    },
  ],
})

/** Somebody (a poster that could not say `complete`, an audit) says that a segment is live: it is never created again. */
export const decidePublished = (
  tables: Tables,
  fact: BodyOf<typeof SegmentPublished>,
  now: Millis,
): Decision<Settled> => {
  const action = tables
    .post(fact.postId)
    .actions.find((a) => a.segment === fact.segment && (a.revision === fact.revision || a.revision === 0))
  const { platformId, url, source } = fact
  const published = { platformId, url, source, publishedAt: Date.parse(fact.publishedAt) }
  if (action?.platformId === platformId) {
    if (action.gone !== 'missing' || fact.source !== 'audit') return nothing('known')
    return { answer: 'settled', writes: [{ put: 'action', action: { ...action, gone: null, touchedAt: now } }] }
  }
  if (action !== undefined && isMistaken(action, platformId)) return nothing('known')
  const subject = action ?? heard(fact, now)
  const owner = tables.ownerOf(fact.account, platformId)
  if (owner !== null)
    return conflict(subject, `${platformId} was reported as ${nameOf(subject)} but belongs to ${nameOf(owner)}.`, now)
  if (action?.state === 'done')
    return conflict(
      action,
      `${nameOf(action)} is live as ${action.platformId} and was reported as ${platformId} as well: it may be there twice.`,
      now,
    )
  if (action === undefined) return { answer: 'settled', writes: [{ put: 'action', action: subject }, spendOf(subject)] }
  return { answer: 'settled', writes: doneWrites(tables, action, published, now).filter((w) => !('emit' in w)) }
}

/** A segment was seen to be gone. It was live, so it is done: a deletion is never undone by publishing again. */
export const decideGone = (
  tables: Tables,
  fact: BodyOf<typeof SegmentDeleted> | BodyOf<typeof SegmentMissing>,
  gone: 'deleted' | 'missing',
  now: Millis,
): Decision<Settled> => {
  const of = tables.post(fact.postId).actions.filter((a) => a.segment === fact.segment)
  const action = of.find((a) => a.platformId === fact.platformId) ?? of.find((a) => a.state !== 'done') ?? of[0]
  if (action !== undefined && isMistaken(action, fact.platformId)) return nothing('known')
  if (action?.gone === gone || (action?.gone === 'deleted' && gone === 'missing')) return nothing('known')
  if (action?.state === 'done')
    return { answer: 'settled', writes: [{ put: 'action', action: { ...action, gone, touchedAt: now } }] }
  const base: Action = action ?? heard(fact, now)
  const { platformId, url, publishedAt, source } = heard(fact, now)
  const settled: Action = { ...base, state: 'done', platformId, url, publishedAt, source, gone, touchedAt: now }
  return {
    answer: 'settled',
    writes: [
      { put: 'action', action: settled },
      { close: 'spend', key: keyOf(settled), attempt: settled.attempt, clickedBy: settled.quietSince ?? now },
    ],
  }
}
