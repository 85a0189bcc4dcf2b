import { operation } from '../http/operation.ts'
import type { Ports } from '../ports.ts'
import { findPost, noSuchPost } from './known-post.ts'
import { History, PostParams } from './shapes.ts'

export const getHistory = (ports: Pick<Ports, 'posts' | 'recent'>) =>
  operation({
    method: 'get',
    path: '/v1/posts/:id/history',
    summary: 'Everything that was said of a post: the facts of its journal, oldest first',
    params: PostParams,
    answers: { 200: History },
    async run({ params: { id } }, { signal }) {
      const facts = await ports.posts.history(id, { signal })
      // No fact yet is either a post that is not recorded yet or none at all.
      if (facts.length === 0 && (await findPost(ports, id, signal)) === undefined) noSuchPost(id)
      return { status: 200, body: { facts } }
    },
  })
