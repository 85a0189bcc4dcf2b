import { z } from 'zod'
import { DeleteSegment, PlatformId, PostId, messageIdOf } from '@surepost/shared/contracts'
import { operation } from '../http/operation.ts'
import { Problem } from '../http/problems.ts'
import type { Ports } from '../ports.ts'
import { findPost, noSuchPost } from './known-post.ts'

const CONFIRM_MS = 8_000

const Params = z.object({ id: PostId, n: z.coerce.number('must be the number of a segment').int().min(0) })
const Query = z.object({
  /** The platform's id of what is to go: said once more, so that nothing else can be meant. */
  confirm: PlatformId.optional(),
})
const Deleting = z.object({
  id: PostId,
  segment: z.int(),
  platformId: PlatformId,
  state: z.enum(['deleting', 'deleted']),
})

const description = `One person's request for one segment, confirmed by its platform id. The account's ledger writes down
who asked before the platform is; answers 202 once RabbitMQ holds the request. Nothing else in Surepost ever deletes.`

export const deleteSegment = (ports: Pick<Ports, 'bus' | 'posts' | 'recent' | 'accounts'>) =>
  operation({
    method: 'delete',
    path: '/v1/posts/:id/segments/:n',
    summary: 'Delete one live segment from the platform',
    description,
    params: Params,
    query: Query,
    answers: { 202: Deleting },
    async run({ params: { id, n }, query: { confirm } }, { client, signal }) {
      const post = (await findPost(ports, id, signal)) ?? noSuchPost(id)
      const segment = post.segments.find(({ index }) => index === n)
      if (segment === undefined) throw new Problem('not-found', `Post ${id} has no segment ${n}.`)
      const { platformId, url, state } = segment
      if (platformId === null)
        throw new Problem('conflict', `Segment ${n} of post ${id} is ${state}, so nothing is live.`)
      if (confirm !== platformId)
        throw new Problem('conflict', `Say which: this deletes ${url ?? platformId}. Add ?confirm=${platformId}.`, {
          extra: { platformId, url },
        })
      const body = { id, segment: n, platformId }
      if (state === 'deleted') return { status: 202, body: { ...body, state: 'deleted' } }
      const { account, platform } = post
      const command = { postId: id, segment: n, account, platform, platformId, by: client }
      await ports.bus.send(DeleteSegment, command, {
        id: messageIdOf('post.delete', id, n),
        shard: ports.accounts.shardOf(account),
        signal: AbortSignal.timeout(CONFIRM_MS),
      })
      return { status: 202, body: { ...body, state: 'deleting' } }
    },
  })
