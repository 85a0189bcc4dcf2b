import { type ApprovedPost, type BeginAction, PUBLISH_WITHIN_MS, type PostId } from '@surepost/shared/contracts'
import type { Action, Millis } from './model.ts'
import { HOUR } from './policy.ts'
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

/** Without any sign of its age a post may be older than any ledger. */
const acceptanceOf = ({ postId, acceptedAt }: Aged): Millis =>
  acceptedAt === undefined ? (timeOfUuid(postId) ?? Number.NEGATIVE_INFINITY) : Date.parse(acceptedAt)

/** A submission may be repeated this long, and each repeat says its own time. */
const REPEATED_MS = HOUR

/**
 * From when on the platform may hold a post that an earlier ledger may have begun. Without a text of its own it cannot be
 * told from others of its kind: then not before it was accepted.
 */
export const mayBeLiveSince = (request: BeginAction, now: Millis): Millis => {
  const accepted = acceptanceOf(request)
  const hasText = request.textHash !== null
  if (accepted === Number.NEGATIVE_INFINITY) return now - (hasText ? PUBLISH_WITHIN_MS : REPEATED_MS)
  return hasText ? accepted - REPEATED_MS : accepted
}

/**
 * A ledger that is younger than the post may have replaced one that knew more: of such a post only what was learned
 * since counts.
 * @param known what this ledger has of it
 */
export const mayBeForgotten = (tables: Tables, post: Aged, known: readonly Action[]): boolean => {
  const { birth } = tables.ledger()
  return acceptanceOf(post) < birth && known.every((action) => action.touchedAt < birth)
}

/**
 * A post that is older than the ledger is created only on a command that is younger than it: what was cancelled or edited
 * before is forgotten here, and whoever dispatches knows it. @param command the latest that is known, if any
 */
export const isCommandStale = (tables: Tables, post: Aged, command: ApprovedPost | null): boolean => {
  const { birth } = tables.ledger()
  if (command === null || acceptanceOf(post) >= birth) return false
  return Date.parse(command.dispatchedAt ?? command.acceptedAt ?? command.notAfter) < birth
}

/** Whether a command says more than the one that is kept: it was dispatched later. */
export const isLater = (command: ApprovedPost, kept: ApprovedPost | null): boolean =>
  kept === null || (command.dispatchedAt ?? '') > (kept.dispatchedAt ?? '')
