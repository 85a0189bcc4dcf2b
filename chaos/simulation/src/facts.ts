import type { PostFact } from '@surepost/shared/contracts'

/** A fact as it travels: about a post, or about an account that wants a person. */
export type SaidFact =
  | PostFact
  | {
      readonly id: string
      readonly type: 'account.paused'
      readonly body: { readonly account: string; readonly until: string | null }
    }
  | { readonly id: string; readonly type: 'other' }

const OF_POSTS = new Set<string>([
  'post.submitted',
  'post.approved',
  'post.dispatched',
  'post.segment_begun',
  'post.segment_unknown',
  'post.segment_aborted',
  'post.segment_published',
  'post.segment_deleted',
  'post.cancelled',
  'post.failed',
  'post.missed',
  'post.needs_attention',
])

export const isOfPost = (fact: SaidFact): fact is PostFact => OF_POSTS.has(fact.type)
