import { type Dispatch, PostDispatched, PublishPost, dispatchOf, shardOf } from '@surepost/shared/contracts'
import type { DuePost } from '@surepost/shared/database'
import { type Job, succeeded } from './job.ts'
import { CALL_MS, type JobPorts } from './ports.ts'

const MAX_POSTS = 100
/** With as many publish commands in line, more of them for the posts that are in it would only make it longer. */
const MANY_WAITING = 20

/**
 * Sends what is due: posts that nobody dispatched (their time is near, or whoever took them in died before it did) and
 * posts that were dispatched and of which nothing was heard since. A repeat is harmless: the ledger creates once.
 */
export const dispatcher = ({ database, bus, backlog, publishing, shards, lookAheadSeconds }: JobPorts): Job => ({
  name: 'persister.dispatch',
  everyMs: 1_000,
  timeoutMs: 30_000,
  async run({ signal, fence }) {
    const posts = await database.rpc(
      'claim_due_posts',
      {
        ...fence,
        look_ahead_seconds: lookAheadSeconds,
        max_rows: MAX_POSTS,
        // While facts wait to be applied, silence says nothing; while commands wait for a poster, they are why.
        with_silent: backlog.behind() === undefined && publishing.waiting() < MANY_WAITING,
      },
      { signal, deadlineMs: CALL_MS },
    )
    await Promise.all(
      posts.map(async (post) => {
        const { fact, command } = sendingOf(post, new Date())
        if (fact !== null) await bus.emit(PostDispatched, fact.body, { id: fact.id, signal })
        const { id, body, notBefore } = command
        await bus.send(PublishPost, body, {
          id,
          signal,
          shard: shardOf(body.account, shards),
          ...(notBefore === null ? {} : { notBefore }),
        })
      }),
    )
    const silent = posts.filter((post) => post.why === 'silent').length
    return succeeded(posts.length, `${posts.length - silent} due posts, ${silent} silent posts sent`)
  },
})

export interface Sending {
  /** Null for what is under way already: it is asked for again, and stays in its state. */
  readonly fact: Dispatch['fact'] | null
  readonly command: Dispatch['command'] & { readonly notBefore: Date | null }
}

/** What is said and sent for one claimed post. */
export const sendingOf = (post: DuePost, now: Date): Sending => {
  const { postId, revision, hash, account, platform, content, scheduledAt } = post
  const [notAfter, acceptedAt] = [post.notAfter.toISOString(), post.acceptedAt.toISOString()]
  const live = post.live.map((segment) => ({ ...segment, publishedAt: segment.publishedAt.toISOString() }))
  const approved = { postId, revision, hash, account, platform, content, notAfter, acceptedAt }
  const { fact, command, notBefore } = dispatchOf(
    live.length === 0 ? approved : { ...approved, live },
    scheduledAt,
    now,
  )
  const underWay = post.state === 'publishing' || post.state === 'unknown'
  return { fact: underWay ? null : fact, command: { ...command, notBefore } }
}
