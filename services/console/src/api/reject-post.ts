import { CancelAnswer } from '@surepost/shared/contracts'
import { operation } from '../http/operation.ts'
import { Problem } from '../http/problems.ts'
import type { Ports } from '../ports.ts'
import { Reasoned, askToCancel } from './cancel-post.ts'
import { postToActOn } from './known-post.ts'
import { PostParams } from './shapes.ts'

export const rejectPost = (ports: Pick<Ports, 'bus' | 'posts' | 'recent' | 'accounts'>) =>
  operation({
    method: 'post',
    path: '/v1/posts/:id/reject',
    summary: 'Say no to a post that waits for approval: it is cancelled',
    params: PostParams,
    body: Reasoned,
    answers: { 200: CancelAnswer },
    async run({ params, body }, { client, signal }) {
      const post = await postToActOn(ports, params.id, signal)
      if (post.state !== 'review' && post.state !== 'cancelled')
        throw new Problem(
          'conflict',
          `Post ${post.id} is ${post.state}, so there is nothing to reject; cancel it instead.`,
        )
      const wish = { by: client, reason: `rejected: ${body.reason ?? 'no reason given'}` }
      return { status: 200, body: await askToCancel(ports, params.id, wish, signal) }
    },
  })
