import type { BeginAction, LiveSegment } from '@surepost/shared/contracts'
import { type Action, type Millis, isMistaken, keyOf } from './model.ts'
import { spendOf } from './spending.ts'
import type { Tables } from './views.ts'
import type { Write } from './writes.ts'

/** An action that the record has settled, and what is written of it. */
export interface ToldLive {
  readonly action: Action & Pick<LiveSegment, 'platformId' | 'url'>
  readonly writes: readonly Write[]
}

/** The latest word of a command about this segment. */
const wordOf = (tables: Tables, request: BeginAction): LiveSegment | undefined =>
  [request.command, tables.command(request.postId, request.revision)]
    .flatMap((command) => command ?? [])
    .toSorted((a, b) => (b.dispatchedAt ?? '').localeCompare(a.dispatchedAt ?? ''))
    .flatMap(({ live }) => live ?? [])
    .find(({ segment }) => segment === request.segment)

/**
 * A command tells what the record knows to be live, or to have been: of what a lost ledger had published, and of what was
 * deleted since, it may be the only one who knows. Such a segment is done and is never created again.
 * @param row the action as it would be begun, or as it is; `before` what this ledger has of it
 */
export const toldLive = (
  tables: Tables,
  request: BeginAction,
  before: Action | undefined,
  row: Action,
  now: Millis,
): ToldLive | null => {
  const word = wordOf(tables, request)
  if (word === undefined || (before !== undefined && isMistaken(before, word.platformId))) return null
  if (tables.ownerOf(request.account, word.platformId) !== null) return null
  const { platformId, url, gone } = word
  const publishedAt = Date.parse(word.publishedAt)
  const learned = { platformId, url, gone, publishedAt, source: 'audit', reason: null, touchedAt: now } as const
  const action = { ...row, ...learned, state: 'done' as const }
  const spent: Write =
    before === undefined
      ? spendOf({ ...action, begunAt: publishedAt })
      : { close: 'spend', key: keyOf(action), attempt: action.attempt, clickedBy: action.quietSince ?? now }
  return { action, writes: [{ put: 'action', action }, spent, { drop: 'appointment', postId: request.postId }] }
}
