import type { BodyOf, AlertsTold } from '@surepost/shared/contracts'
import type { Word } from '@surepost/shared/alerts'

/** What people were told last of an alert. */
export type Told = BodyOf<typeof AlertsTold>['told'][number]

/** People are reminded of what stands after this. */
const REMIND_MS = 24 * 60 * 60_000
/** Of those that ended only the newest are remembered: long enough for a raising that is held up on a rung. */
const MOST_CLEARED = 200
const MOST_RAISED = 800

/**
 * Whether people are told of this, and what is remembered of it. A repeat says nothing new; a word that was overtaken by a
 * later one is not told; the end of what nobody was told of is remembered and not told.
 */
export const decideTelling = (last: Told | undefined, word: Word): { readonly tell: boolean; readonly told: Told } => {
  const next: Told = { key: word.key, said: word.said, at: word.at }
  const at = Date.parse(word.at)
  if (last === undefined) return { tell: word.said === 'raised', told: next }
  const later = at - Date.parse(last.at)
  if (later < 0) return { tell: false, told: last }
  if (word.said === 'cleared') return { tell: last.said === 'raised', told: next }
  if (last.said === 'cleared') return { tell: later > 0, told: later > 0 ? next : last }
  return later >= REMIND_MS ? { tell: true, told: next } : { tell: false, told: last }
}

/** Two memories of the same thing as one: the later word about each stands. Bounded, newest first. */
export const mergeTold = (...memories: readonly (readonly Told[])[]): readonly Told[] => {
  const latest = new Map<string, Told>()
  for (const told of memories.flat()) {
    const known = latest.get(told.key)
    if (known === undefined || Date.parse(told.at) >= Date.parse(known.at)) latest.set(told.key, told)
  }
  const newest = [...latest.values()].toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))
  return [
    ...newest.filter(({ said }) => said === 'raised').slice(0, MOST_RAISED),
    ...newest.filter(({ said }) => said === 'cleared').slice(0, MOST_CLEARED),
  ]
}
