import { randomUUID } from 'node:crypto'
import { type Submission, contentHash, submit, submittedPostId } from '@surepost/shared/contracts'
import { ContractError, UnavailableError } from '@surepost/shared/errors'
import { SubmitPost, contentOf, scheduleTroubles } from '../decisions/submission.ts'
import { operation } from '../http/operation.ts'
import { Problem, invalid } from '../http/problems.ts'
import type { Ports } from '../ports.ts'
import { type Known, idempotencyKeyOf, knownPost, refuseOtherBody } from './idempotency.ts'
import { noSuchPost } from './known-post.ts'
import { sendSubmission } from './publishing.ts'
import { PostAnswer } from './shapes.ts'
import { accountFor, checkContent, refuseSameText } from './submission-checks.ts'

/** How long RabbitMQ may take to confirm everything. A client that goes away in the meantime changes nothing. */
const CONFIRM_MS = 8_000

/**
 * @throws Problem `invalid` for a time that is past or too far ahead, UnavailableError when it may be the repeat of a
 * submission whose time has come since, and the database that would know is away
 */
const checkSchedule = (ports: Ports, scheduledAt: string | null, found: Known): void => {
  const troubles = scheduleTroubles(scheduledAt, ports.clock.now(), ports.policy)
  if (troubles.length === 0) return
  const detail =
    'The time of this post has passed, and whether its Idempotency-Key was accepted before cannot be looked up now.'
  if (found.post === undefined && found.maybe) throw new UnavailableError('database', detail)
  throw invalid(troubles)
}

/** @throws Problem `unavailable`, saying how to repeat it without making a second post */
const accept = async (ports: Ports, submission: Submission, key: string): Promise<PostAnswer> => {
  const { postId: id } = submission
  try {
    await sendSubmission(ports, submit(submission, ports.clock.now()), AbortSignal.timeout(CONFIRM_MS))
  } catch (cause) {
    // Our own mistake, which no repeat mends.
    if (cause instanceof ContractError) throw cause
    const detail = `RabbitMQ did not confirm post ${id}, so it may have been accepted or not. Repeat the request with Idempotency-Key: ${key}; however often, it stays one post.`
    throw new Problem('unavailable', detail, { retryAfter: 5, extra: { id, idempotencyKey: key }, cause })
  }
  return ports.recent.find(id) ?? noSuchPost(id)
}

const description = `Answers 202 once RabbitMQ holds the post: from then on it is published, or ends visibly in another state.
The database may be away. A repeat with the same Idempotency-Key is the same post; with another body it is refused (409).
Where a submission ended with 503 or without an answer, repeat it with the same key. A submission without a key is given
one: in the header of its answer, and as \`idempotencyKey\` of a 503.`

export const submitPost = (ports: Ports) =>
  operation({
    method: 'post',
    path: '/v1/posts',
    summary: 'Submit a post, a thread or a reply',
    description,
    body: SubmitPost,
    limit: 2 * 1024 * 1024,
    answers: { 202: PostAnswer },
    async run({ body }, call) {
      const { account, approval } = body
      const given = idempotencyKeyOf(call)
      const key = given ?? randomUUID()
      const postId = submittedPostId(call.client, key)
      const content = contentOf(body)
      const request = { account, approval, hash: contentHash(content), scheduledAt: body.scheduledAt }
      const headers = { location: `/v1/posts/${postId}`, 'idempotency-key': key }
      refuseOtherBody(postId, ports.recent.reserved(postId), request)
      const found: Known = given ? await knownPost(ports, postId, call.signal) : { post: undefined, maybe: false }
      // A later revision no longer shows what was submitted; the key still stands for it.
      if (found.post?.revision === 1) refuseOtherBody(postId, found.post, request)
      // `accepted` and no further: its command may not have been sent, and sending it again is harmless.
      if (found.post !== undefined && found.post.state !== 'accepted') return { status: 202, body: found.post, headers }
      const { platform } = await accountFor(ports, account, call.signal)
      await checkContent(ports, content, platform)
      if (found.post === undefined) {
        checkSchedule(ports, body.scheduledAt, found)
        await refuseSameText(ports, { postId, account, content }, body.scheduledAt, call.signal)
      }
      // Reserved in one step with the check: of two requests that came together with different bodies, one is refused.
      refuseOtherBody(postId, ports.recent.reserve(postId, request), request)
      const scheduledAt = body.scheduledAt === null ? null : new Date(body.scheduledAt)
      const mayBeRepeat = found.post === undefined && found.maybe
      const submission = { postId, account, platform, content, client: call.client, approval, scheduledAt, mayBeRepeat }
      return { status: 202, body: await accept(ports, submission, key), headers }
    },
  })
