import { z } from 'zod'
import { operation } from '../http/operation.ts'
import type { Ports } from '../ports.ts'
import { MentionAnswer, PostAnswer } from './shapes.ts'

const Query = z.strictObject({
  limit: z.coerce.number('must be a number from 1 to 100').int().min(1).max(100).default(50),
})
const Approvals = z.object({
  approvals: z.array(z.object({ post: PostAnswer, mention: MentionAnswer.nullable() })),
  /** There are more than were asked for. */
  more: z.boolean(),
})

export const listApprovals = (ports: Pick<Ports, 'posts' | 'mentions'>) =>
  operation({
    method: 'get',
    path: '/v1/approvals',
    summary: 'What waits for a person’s word, newest first; an answer with the mention it answers and why',
    query: Query,
    answers: { 200: Approvals },
    async run({ query: { limit } }, { signal }) {
      const asked = { states: ['review'], account: undefined, limit: limit + 1, after: undefined } as const
      const found = await ports.posts.list(asked, { signal })
      const posts = found.slice(0, limit)
      const mentions = await ports.mentions.ofPosts(
        posts.filter(({ kind }) => kind === 'reply').map(({ id }) => id),
        { signal },
      )
      const approvals = posts.map((post) => ({ post, mention: mentions.get(post.id) ?? null }))
      return { status: 200, body: { approvals, more: found.length > limit } }
    },
  })
