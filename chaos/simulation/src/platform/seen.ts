import type { SeenPost } from '@surepost/platforms'
import type { LivePost } from './platform.ts'

export const urlOf = ({ account, platformId }: LivePost): string => `https://x.com/${account}/status/${platformId}`

export const seen = (post: LivePost): SeenPost => ({
  platformId: post.platformId,
  author: post.account,
  text: post.text,
  createdAt: new Date(post.landedAt),
  url: urlOf(post),
  inReplyTo: post.parent,
  pinned: false,
})
