import type { BodyOf, SettleAnswer, SettleSegment } from '@surepost/shared/contracts'
import type { z } from 'zod'
import { announceIfSettled } from './decide-cancel.ts'
import { factOf } from './decide-fresh.ts'
import { doneWrites } from './decide-outcome.ts'
import { type Action, type Millis, instant, nameOf } from './model.ts'
import type { Policy } from './policy.ts'
import { settledAt } from './settle-window.ts'
import type { Tables } from './views.ts'
import { type Decision, nothing } from './writes.ts'

type Answer = z.infer<typeof SettleAnswer>

const refuse = (detail: string): Decision<Answer> => nothing({ result: 'refused', detail })

/**
 * A person says what became of an action whose end nobody saw. "Not there" counts like a reading that began after the
 * settle window: it may be begun again, within its time and its attempts. What the ledger knows is not open to opinion.
 */
export const decidePerson = (
  tables: Tables,
  { postId, segment, by, live, lookedAt }: BodyOf<typeof SettleSegment>,
  now: Millis,
  policy: Policy,
): Decision<Answer> => {
  const action = tables.post(postId).actions.find((a) => a.segment === segment && a.state === 'unknown')
  if (action === undefined) return refuse(`Nothing is unknown of segment ${segment} of post ${postId}.`)
  if (live === null) {
    const looked = lookedAt === undefined ? now : Math.min(Date.parse(lookedAt), now)
    return absentByPerson(tables, action, { by, looked }, now, policy)
  }
  const owner = tables.ownerOf(action.account, live.platformId)
  if (owner !== null) return refuse(`${live.platformId} is ${nameOf(owner)}.`)
  const { platformId, url, publishedAt } = live
  const published = { platformId, url, publishedAt: Date.parse(publishedAt), source: 'audit' } as const
  return { answer: { result: 'settled' }, writes: doneWrites(tables, action, published, now) }
}

const absentByPerson = (
  tables: Tables,
  action: Action,
  { by, looked }: { readonly by: string; readonly looked: Millis },
  now: Millis,
  policy: Policy,
): Decision<Answer> => {
  const settled = settledAt(tables, action, now, policy)
  if (action.quietSince === null || looked <= settled)
    return refuse(`It may still appear until ${instant(settled)}; look once more after that.`)
  const reason = `${by} looked and did not find it`
  const absent: Action = { ...action, state: 'aborted', absences: action.absences + 1, reason, touchedAt: now }
  return {
    answer: { result: 'settled' },
    writes: [
      { put: 'action', action: absent },
      { emit: 'post.segment_aborted', body: { ...factOf(action, now), reason } },
      ...announceIfSettled(tables, absent, now),
    ],
  }
}
