import {
  type BodyOf,
  type PostContent,
  type PostState,
  type PostSubmitted,
  type Segment,
  contentHash,
} from '@surepost/shared/contracts'
import type { PostAnswer } from '../api/shapes.ts'

type Submitted = BodyOf<typeof PostSubmitted>

/** What a post would say and when, after an edit. */
export interface Revised {
  readonly content: PostContent
  readonly scheduledAt: Date | null
}

/** What was left out of an edit stays as it was. Pure. */
export const revised = (
  current: Submitted,
  edit: { readonly segments?: readonly Segment[] | undefined; readonly scheduledAt?: string | null | undefined },
): Revised => {
  const scheduledAt = edit.scheduledAt === undefined ? current.scheduledAt : edit.scheduledAt
  return {
    content: { ...current.content, segments: [...(edit.segments ?? current.content.segments)] },
    scheduledAt: scheduledAt === null ? null : new Date(scheduledAt),
  }
}

/** The post reads so already: the repeat of an edit whose answer the client did not see, or an edit of nothing. Pure. */
export const isSame = (current: Submitted, { content, scheduledAt }: Revised): boolean =>
  current.hash === contentHash(content) && current.scheduledAt === (scheduledAt?.toISOString() ?? null)

/** Of these something is on the platform, or nothing ever will be: there is nothing to edit. */
const FINAL: ReadonlySet<PostState> = new Set(['live', 'deleted', 'cancelled'])

/**
 * Why a post cannot be edited as it was read, in a sentence; undefined when its ledger may be asked. Pure.
 * @param hash the content that was read
 */
export const editTrouble = (post: Pick<PostAnswer, 'id' | 'state' | 'hash'>, hash: string): string | undefined => {
  if (FINAL.has(post.state)) return `Post ${post.id} is ${post.state}; submit another one instead.`
  if (post.hash !== hash) return `Post ${post.id} has another content than the one you edit; read it again.`
  return undefined
}
