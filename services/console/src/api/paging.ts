import { z } from 'zod'
import { type Position, fromCursor, toCursor } from '../decisions/cursor.ts'

/** What every list that is given a page at a time takes beside its filters. */
export const paging = {
  limit: z.coerce.number('must be a number from 1 to 100').int().min(1).max(100).default(25),
  cursor: z
    .string()
    .max(200)
    .transform((cursor, context) => {
      const position = fromCursor(cursor)
      if (position === undefined) context.addIssue('is none of ours; give the "next" of an earlier page, or none')
      return position
    })
    .optional(),
}

/** Give it as `cursor` for the next page; null on the last. */
export const Next = z.string().nullable()

/** One page of what was found, newest first. One more than `limit` was asked for: it says whether there is another page. */
export const pageOf = <T>(
  found: readonly T[],
  limit: number,
  positionOf: (item: T) => Position,
): { readonly items: T[]; readonly next: string | null } => {
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items, next: found.length > limit && last !== undefined ? toCursor(positionOf(last)) : null }
}
