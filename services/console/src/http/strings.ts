import type { FieldError } from './problems.ts'

/** Bodies nest a few levels, sessions some more; what is deeper is made to exhaust the stack. */
const MAX_DEPTH = 64

/** True when Postgres can keep the text: it refuses U+0000 in text and jsonb, and half a surrogate pair is no text at all. */
const storable = (text: string): boolean => !text.includes('\0') && text.isWellFormed()

/**
 * Every string of a body that no database could keep: found here, at the door, so that it never becomes a fact which
 * the persister would have to park.
 */
export const unstorable = (value: unknown, path = '', depth = 0): FieldError[] => {
  if (typeof value === 'string')
    return storable(value) ? [] : [{ path, message: 'has a NUL character or half a surrogate pair; remove it' }]
  if (typeof value !== 'object' || value === null) return []
  if (depth >= MAX_DEPTH) return [{ path, message: `is nested deeper than ${MAX_DEPTH} levels` }]
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = path === '' ? key : `${path}.${key}`
    return [
      ...(storable(key) ? [] : [{ path: at, message: 'has a name that is no text' }]),
      ...unstorable(inner, at, depth + 1),
    ]
  })
}
