import { operation } from '../http/operation.ts'
import { Problem } from '../http/problems.ts'
import type { Ports } from '../ports.ts'
import { MentionAnswer, PostParams } from './shapes.ts'

export const getMention = ({ mentions }: Pick<Ports, 'mentions'>) =>
  operation({
    method: 'get',
    path: '/v1/posts/:id/mention',
    summary: 'The mention that a post answers: who wrote what under which conversation, and why it is answered',
    params: PostParams,
    answers: { 200: MentionAnswer },
    async run({ params: { id } }, { signal }) {
      const mention = (await mentions.ofPosts([id], { signal })).get(id)
      if (mention === undefined) throw new Problem('not-found', `Post ${id} answers no mention that is recorded.`)
      return { status: 200, body: mention }
    },
  })
