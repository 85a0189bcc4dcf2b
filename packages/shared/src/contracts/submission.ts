import { v5 } from 'uuid'
import type { PostDispatched, PostSubmitted } from './facts.ts'
import type { BodyOf } from './define.ts'
import { messageIdOf, type AccountId, type PlatformName, type PostId } from './ids.ts'
import { contentHash, type ApprovedPost, type PostContent } from './posts.ts'

/** How long after its time a post may still be created, unless its submission says otherwise: a day. */
export const PUBLISH_WITHIN_MS = 24 * 60 * 60_000
/** A dispatched post that is silent this long past its time is dispatched again. */
export const DISPATCH_SILENCE_MS = 5 * 60_000
/** Posts due within this are dispatched at once; a database outage shorter than it delays none. */
export const LOOK_AHEAD_MS = 10 * 60_000

export interface Submission {
  readonly postId: PostId
  readonly account: AccountId
  readonly platform: PlatformName
  readonly content: PostContent
  readonly client: string
  readonly approval: 'auto' | 'review'
  readonly scheduledAt: Date | null
  /** Not created after this; a day after its time when left out. */
  readonly notAfter?: Date
  /** It may have been submitted before, and nobody can say when: then its age is left out. */
  readonly mayBeRepeat?: boolean
}

/** What a submission becomes: the facts in order and, when it is due soon and needs nobody's word, the command. */
export interface Submitted {
  readonly submitted: { readonly id: string; readonly body: BodyOf<typeof PostSubmitted> }
  readonly dispatch: Dispatch | null
}

/** A dispatch: its fact, then its command. The command's message id is the dispatch's, so a repeat is the same message. */
export interface Dispatch {
  readonly fact: { readonly id: string; readonly body: BodyOf<typeof PostDispatched> }
  readonly command: { readonly id: string; readonly body: ApprovedPost }
  readonly notBefore: Date | null
}

// Namespace of ids of facts and commands that follow from a post's id: a repeat says the same thing, not another.
const FOLLOWS = '0d6cf1de-0f5b-4bd4-9a59-5a6f6a1f2b77'
const follows = (what: string, postId: PostId, revision: number, at: string): string =>
  v5(JSON.stringify([what, postId, revision, at]), FOLLOWS)

/** An approved post that is due within the look-ahead is dispatched at once. */
export const isDueSoon = (scheduledAt: Date | null, now: Date): boolean =>
  scheduledAt === null || scheduledAt.getTime() <= now.getTime() + LOOK_AHEAD_MS

/** The dispatch of one approved revision at `now`. */
export const dispatchOf = (post: ApprovedPost, scheduledAt: Date | null, now: Date): Dispatch => {
  const at = now.toISOString()
  const due = Math.max(now.getTime(), scheduledAt?.getTime() ?? 0)
  return {
    fact: {
      id: follows('dispatched', post.postId, post.revision, at),
      body: {
        at,
        postId: post.postId,
        revision: post.revision,
        deadline: new Date(due + DISPATCH_SILENCE_MS).toISOString(),
      },
    },
    command: { id: follows('publish', post.postId, post.revision, at), body: { ...post, dispatchedAt: at } },
    notBefore: scheduledAt !== null && scheduledAt > now ? scheduledAt : null,
  }
}

const notAfterOf = (scheduledAt: Date | null, now: Date): string =>
  new Date(Math.max(now.getTime(), scheduledAt?.getTime() ?? 0) + PUBLISH_WITHIN_MS).toISOString()

/** The revision that an edit makes of a post: what it carries is approved anew. What it answers gets no younger by it. */
export const nextRevision = (
  current: BodyOf<typeof PostSubmitted>,
  { content, scheduledAt }: { readonly content: PostContent; readonly scheduledAt: Date | null },
  now: Date,
): BodyOf<typeof PostSubmitted> => ({
  ...current,
  at: now.toISOString(),
  revision: current.revision + 1,
  hash: contentHash(content),
  content,
  approval: 'review',
  scheduledAt: scheduledAt?.toISOString() ?? null,
  notAfter: content.replyTo === undefined ? notAfterOf(scheduledAt, now) : current.notAfter,
})

/** What must be said, in this order, for a submission of `now` to be accepted: the fact first, then the command. */
export const submit = (submission: Submission, now: Date): Submitted => {
  const { postId, account, platform, content, client, approval, scheduledAt, mayBeRepeat = false } = submission
  const hash = contentHash(content)
  const at = now.toISOString()
  const notAfter = submission.notAfter?.toISOString() ?? notAfterOf(scheduledAt, now)
  const revision = 1
  return {
    submitted: {
      // Without the time: the repeat of a submission is the same fact, whatever it carries, so the first one stands.
      id: messageIdOf('post.submitted', postId, revision),
      body: {
        at,
        postId,
        revision,
        account,
        platform,
        hash,
        content,
        client,
        approval,
        scheduledAt: scheduledAt?.toISOString() ?? null,
        notAfter,
      },
    },
    dispatch:
      approval === 'auto' && isDueSoon(scheduledAt, now)
        ? dispatchOf(
            {
              postId,
              revision,
              hash,
              account,
              platform,
              content,
              notAfter,
              ...(mayBeRepeat ? {} : { acceptedAt: at }),
            },
            scheduledAt,
            now,
          )
        : null,
  }
}
