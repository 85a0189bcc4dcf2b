import { operation } from '../http/operation.ts'
import type { Ports } from '../ports.ts'
import { findPost, noSuchPost } from './known-post.ts'
import { PostAnswer, PostParams } from './shapes.ts'

export const getPost = (ports: Pick<Ports, 'posts' | 'recent'>) =>
  operation({
    method: 'get',
    path: '/v1/posts/:id',
    summary: 'One post: its state, and where each of its segments stands',
    params: PostParams,
    answers: { 200: PostAnswer },
    async run({ params }, { signal }) {
      return { status: 200, body: (await findPost(ports, params.id, signal)) ?? noSuchPost(params.id) }
    },
  })
