import { z } from 'zod'
import {
  type BodyOf,
  Hash,
  PostSubmitted,
  ReviseAnswer,
  RevisePost,
  messageIdOf,
  nextRevision,
} from '@surepost/shared/contracts'
import { UnavailableError } from '@surepost/shared/errors'
import { editTrouble, isSame, revised } from '../decisions/edit.ts'
import { postOfFacts } from '../decisions/post-of-facts.ts'
import { ScheduledAt, Segments, scheduleTroubles } from '../decisions/submission.ts'
import { expected } from '../http/expected.ts'
import { operation } from '../http/operation.ts'
import { Problem, invalid } from '../http/problems.ts'
import type { Ports } from '../ports.ts'
import { noSuchPost, postToActOn } from './known-post.ts'
import { PostAnswer, PostParams } from './shapes.ts'
import { checkContent } from './submission-checks.ts'

/** How long the ledger may take to answer before the client is told to ask again. */
const ANSWER_MS = 10_000

const Edit = z.strictObject(
  {
    /** The `hash` of what was read: an edit of anything else is refused. */
    hash: Hash,
    segments: Segments.optional(),
    /** Null: as soon as it is approved. Left out: as it was. */
    scheduledAt: ScheduledAt.nullable().optional(),
  },
  expected('must be {"hash", "segments"?, "scheduledAt"?}: the hash of the post as it was read, and what changes'),
)

type Editing = Pick<Ports, 'bus' | 'posts' | 'recent' | 'accounts' | 'clock' | 'policy' | 'measure' | 'media'>

/** @throws Problem `unavailable` when the ledger does not answer in time: asking again is safe, it stays one edit */
const revise = async (
  ports: Editing,
  next: BodyOf<typeof PostSubmitted>,
  wish: { readonly by: string; readonly acceptedAt: string },
  signal: AbortSignal,
): Promise<ReviseAnswer['result']> => {
  const options = { shard: ports.accounts.shardOf(next.account), timeoutMs: ANSWER_MS, signal }
  try {
    return (await ports.bus.ask(RevisePost, { next, ...wish }, ReviseAnswer, options)).result
  } catch (cause) {
    if (!(cause instanceof UnavailableError)) throw cause
    const detail = `Whether post ${next.postId} was edited is not known yet: its ledger has not answered. Ask again with the same body; it stays one edit.`
    throw new Problem('unavailable', detail, { retryAfter: 5, cause })
  }
}

const refusal = (result: 'too_late' | 'conflict', id: string): Problem =>
  new Problem(
    'conflict',
    result === 'too_late'
      ? `It is too late to edit post ${id}: its publishing has begun. It goes on as it was approved.`
      : `Post ${id} was edited or cancelled meanwhile; read it again.`,
    { extra: { result } },
  )

const description = `The ledger calls the revision that was read off and says the next one, or it does neither: "too late"
once a segment has begun. The next revision is in review: it is published when it is approved (POST …/approve with its own hash).`

export const editPost = (ports: Editing) =>
  operation({
    method: 'patch',
    path: '/v1/posts/:id',
    summary: 'Edit a post of which nothing was published: the next revision waits for its approval',
    description,
    params: PostParams,
    body: Edit,
    limit: 2 * 1024 * 1024,
    answers: { 200: PostAnswer },
    async run({ params: { id }, body }, { client, signal }) {
      const post = await postToActOn(ports, id, signal)
      const current = ports.recent.submission(id) ?? (await ports.posts.submission(id, { signal })) ?? noSuchPost(id)
      const edit = revised(current, body)
      if (isSame(current, edit)) return { status: 200, body: post }
      const trouble = editTrouble(post, body.hash)
      if (trouble !== undefined)
        throw new Problem('conflict', trouble, { extra: { state: post.state, hash: post.hash } })
      await checkContent(ports, edit.content, post.platform)
      const now = ports.clock.now()
      // A time that stays as it was may have passed: then the post is due at once.
      const troubles = scheduleTroubles(body.scheduledAt ?? null, now, ports.policy)
      if (troubles.length > 0) throw invalid(troubles)
      const next = nextRevision(current, edit, now)
      const result = await revise(ports, next, { by: client, acceptedAt: post.submittedAt }, signal)
      if (result !== 'revised') throw refusal(result, id)
      const fact = {
        id: messageIdOf('post.submitted', id, next.revision),
        type: PostSubmitted.type,
        body: next,
      } as const
      ports.recent.observe(fact)
      return { status: 200, body: { ...(postOfFacts([fact]) ?? noSuchPost(id)), submittedAt: post.submittedAt } }
    },
  })
