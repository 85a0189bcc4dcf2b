import type { HistoryEntry } from '../api/shapes.ts'

/** What is said in one breath, at one instant, in the order in which it was said. */
const FIRST: readonly string[] = ['post.submitted', 'post.approved', 'post.dispatched']
const rank = (type: string): number => (FIRST.includes(type) ? FIRST.indexOf(type) : FIRST.length)

/** A post's history, oldest first. Pure. */
export const inOrder = (facts: readonly HistoryEntry[]): HistoryEntry[] =>
  facts.toSorted((a, b) => a.at.localeCompare(b.at) || rank(a.type) - rank(b.type))
