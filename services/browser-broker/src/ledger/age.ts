import type { PostId } from '@surepost/shared/contracts'
import type { Action, Millis } from './model.ts'
import type { Tables } from './views.ts'

/** A post and what is known of its age. */
export interface Aged {
  readonly postId: PostId
  /** When Surepost accepted it (ISO instant). */
  readonly acceptedAt?: string | undefined
}

/** Milliseconds of a UUIDv7 (RFC 9562 §5.7: its first 48 bits); undefined for any other version. */
const timeOfUuid = (id: string): Millis | undefined =>
  id[14] === '7' ? Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16) : undefined

/** Without any sign of its age a post counts as accepted now. */
export const acceptanceOf = ({ postId, acceptedAt }: Aged): Millis =>
  acceptedAt === undefined ? (timeOfUuid(postId) ?? Number.POSITIVE_INFINITY) : Date.parse(acceptedAt)

/**
 * A ledger that is younger than the post may have replaced one that knew more: of such a post only what was learned
 * since counts.
 * @param known what this ledger has of it
 */
export const mayBeForgotten = (tables: Tables, post: Aged, known: readonly Action[]): boolean => {
  const { birth } = tables.ledger()
  return acceptanceOf(post) < birth && known.every((action) => action.touchedAt < birth)
}
