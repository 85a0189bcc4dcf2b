import { z } from 'zod'
import { CancelAnswer, CancelPost, type PostId } from '@surepost/shared/contracts'
import { UnavailableError } from '@surepost/shared/errors'
import { operation } from '../http/operation.ts'
import { Problem } from '../http/problems.ts'
import type { Ports } from '../ports.ts'
import { postToActOn } from './known-post.ts'
import { PostParams } from './shapes.ts'

/** How long the ledger may take to answer before the client is told to ask again. */
const ANSWER_MS = 10_000

type Cancelling = Pick<Ports, 'bus' | 'posts' | 'recent' | 'accounts'>
interface Wish {
  readonly by: string
  readonly reason: string
}

/**
 * Asks the ledger to revoke a post. The question stays in the ledger's queue even when the answer is late, so asking again
 * is safe and gives the same answer.
 * @throws Problem `unavailable` when there is no answer in time
 */
export const askToCancel = async (
  ports: Cancelling,
  id: PostId,
  wish: Wish,
  signal: AbortSignal,
): Promise<CancelAnswer> => {
  const { account, submittedAt: acceptedAt } = await postToActOn(ports, id, signal)
  const options = { shard: ports.accounts.shardOf(account), timeoutMs: ANSWER_MS, signal }
  try {
    return await ports.bus.ask(CancelPost, { postId: id, account, acceptedAt, ...wish }, CancelAnswer, options)
  } catch (cause) {
    if (!(cause instanceof UnavailableError)) throw cause
    const detail = `Whether post ${id} was cancelled is not known yet: its ledger has not answered. Ask again; the answer will be "cancelled" or "too_late".`
    throw new Problem('unavailable', detail, { retryAfter: 5, cause })
  }
}

export const Reasoned = z.strictObject({ reason: z.string().trim().min(1).max(400).optional() }).prefault({})

export const cancelPost = (ports: Cancelling) =>
  operation({
    method: 'post',
    path: '/v1/posts/:id/cancel',
    summary: 'Cancel a post: "cancelled" before its first segment has begun, "too_late" after',
    params: PostParams,
    body: Reasoned,
    answers: { 200: CancelAnswer },
    async run({ params, body }, { client, signal }) {
      const wish = { by: client, reason: body.reason ?? 'cancelled by its operator' }
      return { status: 200, body: await askToCancel(ports, params.id, wish, signal) }
    },
  })
