import type { PostState } from '@surepost/shared/contracts'
import type { PostAnswer } from '../api/shapes.ts'

/** Approved and perhaps not dispatched: the repeat of an approval whose end the client did not see. */
const APPROVABLE: ReadonlySet<PostState> = new Set(['review', 'accepted', 'scheduled'])

/**
 * Why a post cannot be approved as it was read, in a sentence; undefined when it can be. Pure.
 * @param hash the content that was read
 */
export const approvalTrouble = (
  post: Pick<PostAnswer, 'id' | 'state' | 'hash' | 'approval' | 'notAfter'>,
  hash: string,
  now: Date,
): string | undefined => {
  if (post.hash !== hash) return `Post ${post.id} has another content than the one you approve; read it again.`
  if (post.approval !== 'review') return `Post ${post.id} was submitted without review: there is nothing to approve.`
  if (!APPROVABLE.has(post.state)) return `Post ${post.id} is ${post.state}: only a post in review can be approved.`
  if (post.notAfter < now.toISOString())
    return `Post ${post.id} could be published until ${post.notAfter}; submit it anew.`
  return undefined
}
