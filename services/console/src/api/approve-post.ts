import { z } from 'zod'
import {
  type BodyOf,
  Hash,
  PostApproved,
  PostId,
  type PostSubmitted,
  dispatchOf,
  isDueSoon,
  messageIdOf,
} from '@surepost/shared/contracts'
import { approvalTrouble } from '../decisions/approval.ts'
import { expected } from '../http/expected.ts'
import { operation } from '../http/operation.ts'
import { Problem } from '../http/problems.ts'
import type { Ports } from '../ports.ts'
import { noSuchPost, postToActOn } from './known-post.ts'
import { sendDispatch } from './publishing.ts'
import { PostParams } from './shapes.ts'

const CONFIRM_MS = 8_000

const Approval = z.strictObject(
  {
    /** The `hash` of what was read: an approval of anything else is refused. */
    hash: Hash,
  },
  expected('must be {"hash"}: the hash of the post as it was read, from GET /v1/posts/:id'),
)
const Approved = z.object({ id: PostId, state: z.enum(['scheduled', 'queued']) })

type Approving = Pick<Ports, 'bus' | 'posts' | 'recent' | 'accounts' | 'clock'>

const approve = async (
  ports: Approving,
  post: BodyOf<typeof PostSubmitted>,
  by: string,
): Promise<'scheduled' | 'queued'> => {
  const { postId, revision, hash, account, platform, content, notAfter, at: acceptedAt } = post
  const signal = AbortSignal.timeout(CONFIRM_MS)
  const now = ports.clock.now()
  const id = messageIdOf('post.approved', postId, revision)
  const body = { at: now.toISOString(), postId, revision, hash, by }
  await ports.bus.emit(PostApproved, body, { id, signal })
  ports.recent.observe({ id, type: PostApproved.type, body })
  const scheduledAt = post.scheduledAt === null ? null : new Date(post.scheduledAt)
  if (!isDueSoon(scheduledAt, now)) return 'scheduled'
  const approved = { postId, revision, hash, account, platform, content, notAfter, acceptedAt }
  await sendDispatch(ports, dispatchOf(approved, scheduledAt, now), signal)
  return 'queued'
}

export const approvePost = (ports: Approving) =>
  operation({
    method: 'post',
    path: '/v1/posts/:id/approve',
    summary: 'Approve a post as it was read; it is dispatched when it is due',
    description: 'The approval binds the content hash. After a 503, approve again: it stays one approval.',
    params: PostParams,
    body: Approval,
    answers: { 202: Approved },
    async run({ params: { id }, body }, { client, signal }) {
      const post = await postToActOn(ports, id, signal)
      const trouble = approvalTrouble(post, body.hash, ports.clock.now())
      if (trouble !== undefined)
        throw new Problem('conflict', trouble, { extra: { state: post.state, hash: post.hash } })
      const submitted = ports.recent.submission(id) ?? (await ports.posts.submission(id, { signal })) ?? noSuchPost(id)
      return { status: 202, body: { id, state: await approve(ports, submitted, client) } }
    },
  })
