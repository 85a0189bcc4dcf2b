import { measureX } from '@surepost/platforms'
import type { Post } from './model.ts'
import type { World } from './world.ts'

/** X's error for a create that breaks a rule. */
export interface RuleBreach {
  readonly code: number
  readonly message: string
}

export interface Draft {
  readonly handle: string
  readonly text: string
  readonly inReplyTo: string | null
  readonly attachments: number
}

const MOST_ATTACHMENTS = 4
const plain = (text: string): string => text.normalize('NFC').replaceAll(/\s+/gu, ' ').trim()

const isDuplicate = (world: World, draft: Draft, windowMs: number): boolean => {
  const text = plain(draft.text)
  const since = world.now().getTime() - windowMs
  const handle = draft.handle.toLowerCase()
  const isSame = (post: Post): boolean =>
    post.handle.toLowerCase() === handle &&
    post.deletedAt === null &&
    post.createdAt.getTime() >= since &&
    plain(post.text) === text
  return text !== '' && world.allPosts().some(isSame)
}

/** What X would say against this post; `undefined` when it may be made. */
export const breachOf = (world: World, draft: Draft, duplicateWindowMs: number): RuleBreach | undefined => {
  const { length, limit } = measureX(draft.text)
  if (draft.text.trim() === '' && draft.attachments === 0)
    return { code: 170, message: 'Missing required parameter: status.' }
  if (length > limit) return { code: 186, message: 'Authorization: Tweet needs to be a bit shorter. (186)' }
  if (draft.attachments > MOST_ATTACHMENTS)
    return { code: 324, message: 'The number of media ids exceeds the limit. (324)' }
  const parent = draft.inReplyTo === null ? undefined : world.post(draft.inReplyTo)
  if (draft.inReplyTo !== null && (!parent || parent.deletedAt !== null))
    return { code: 385, message: 'You attempted to reply to a Tweet that is deleted or not visible to you. (385)' }
  if (isDuplicate(world, draft, duplicateWindowMs))
    return { code: 187, message: 'Authorization: Status is a duplicate. (187)' }
  return undefined
}
