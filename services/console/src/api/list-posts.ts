import { z } from 'zod'
import { AccountId, PostState } from '@surepost/shared/contracts'
import { fromCursor, toCursor } from '../decisions/cursor.ts'
import { operation } from '../http/operation.ts'
import type { Ports } from '../ports.ts'
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
  limit: z.coerce.number('must be a number from 1 to 100').int().min(1).max(100).default(25),
  cursor: z
    .string()
    .max(200)
    .transform((cursor, context) => {
      const position = fromCursor(cursor)
      if (position === undefined) context.addIssue('is none of ours; give the "next" of an earlier page, or none')
      return position
    })
    .optional(),
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
      // One more than asked for says whether there is another page.
      const found = await ports.posts.list({ states, account, limit: limit + 1, after }, { signal })
      const posts = found.slice(0, limit)
      const last = posts.at(-1)
      const next = found.length > limit && last !== undefined ? toCursor([last.submittedAt, last.id]) : null
      return { status: 200, body: { posts, next } }
    },
  })
