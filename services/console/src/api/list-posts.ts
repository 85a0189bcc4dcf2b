import { z } from 'zod'
import { AccountId, PostState } from '@surepost/shared/contracts'
import { operation } from '../http/operation.ts'
import type { Ports } from '../ports.ts'
import { pageOf, paging } from './paging.ts'
import { PostPage } from './shapes.ts'

const Query = z.strictObject({
  /** One state, or several with commas between. */
  state: z
    .string()
    .transform((list) => list.split(','))
    .pipe(
      z.array(z.enum(PostState.options, `must be of: ${PostState.options.join(', ')}`)).max(PostState.options.length),
    )
    .default([]),
  account: AccountId.optional(),
  ...paging,
})

export const listPosts = (ports: Pick<Ports, 'posts'>) =>
  operation({
    method: 'get',
    path: '/v1/posts',
    summary: 'Posts, newest first, a page at a time',
    query: Query,
    answers: { 200: PostPage },
    async run({ query }, { signal }) {
      const { state: states, account, limit, cursor: after } = query
      const found = await ports.posts.list({ states, account, limit: limit + 1, after }, { signal })
      const { items, next } = pageOf(found, limit, ({ submittedAt, id }) => [submittedAt, id])
      return { status: 200, body: { posts: items, next } }
    },
  })
