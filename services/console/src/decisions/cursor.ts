import { z } from 'zod'
import { Instant, PostId } from '@surepost/shared/contracts'

/** A place in the list of posts, newest first: keyset, so that pages neither repeat nor skip while posts arrive. */
export const Position = z.tuple([Instant, PostId])
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
