import { z } from 'zod'
import { Instant } from '@surepost/shared/contracts'

/** A place in a list, newest first, by time and id: keyset, so that pages neither repeat nor skip while more arrives. */
export const Position = z.tuple([Instant, z.uuid()])
export type Position = z.infer<typeof Position>

/** Opaque to clients: base64url of the position. */
export const toCursor = (position: Position): string => Buffer.from(JSON.stringify(position)).toString('base64url')

/** The position behind a cursor, or undefined when it is none of ours. */
export const fromCursor = (cursor: string): Position | undefined => {
  try {
    return Position.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))).data
  } catch {
    return undefined
  }
}
