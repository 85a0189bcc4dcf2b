import type { Account, Figures, Post } from '../world/model.ts'

/** All that one post's article shows, gathered beforehand. */
export interface PostView {
  readonly post: Post
  readonly author: Account
  readonly figures: Figures
  readonly mine: {
    readonly liked: boolean
    readonly reposted: boolean
    readonly bookmarked: boolean
    readonly own: boolean
  }
  readonly answering: string | undefined
  readonly quoted: { readonly post: Post; readonly author: Account } | undefined
}

export const permalink = ({ handle, id }: Pick<Post, 'handle' | 'id'>): string => `/${handle}/status/${id}`
