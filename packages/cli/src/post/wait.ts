import { pause } from '@surepost/shared/runtime'
import { type Console, ConsoleAwayError } from '../console/client.ts'
import { Post, postPath } from '../console/posts.ts'
import { EXIT } from '../exit-codes.ts'
import type { Progress } from '../progress.ts'

/** A post that is in one of these stays there unless a person does something. */
const ENDS: Readonly<Record<string, number>> = {
  live: EXIT.done,
  deleted: EXIT.failed,
  failed: EXIT.failed,
  missed: EXIT.failed,
  cancelled: EXIT.failed,
  needs_attention: EXIT.failed,
}

/** The exit status that a post's state stands for; `pending` while it is under way. Pure. */
export const statusOf = (state: string): number => ENDS[state] ?? EXIT.pending

/** What a person sees of a post that is under way. Pure. */
export const stepOf = ({ state, segments, scheduledAt }: Pick<Post, 'state' | 'segments' | 'scheduledAt'>): string => {
  const live = segments.filter((segment) => segment.state === 'live').length
  if (state === 'review') return 'review: it waits for a person’s approval'
  if (state === 'scheduled') return `scheduled for ${scheduledAt ?? 'later'}`
  if (state === 'unknown') return 'unknown: a create ended without an answer; the platform is asked'
  return segments.length > 1 ? `${state} (${live} of ${segments.length} live)` : state
}

/** How often it is asked: a segment takes seconds. */
const EVERY_MS = 1_000

export interface Waiting {
  readonly id: string
  readonly first: Post
  readonly seconds: number
  readonly progress: Progress
}

/**
 * Follow a post to its end, or until the time is over, through everything that may be away meanwhile.
 * @returns the post as it was seen last
 * @throws the signal's reason, ConsoleError when it is refused
 */
export const untilEnd = async (
  console: Pick<Console, 'get'>,
  { id, first, seconds, progress }: Waiting,
  signal: AbortSignal,
): Promise<Post> => {
  const end = performance.now() + seconds * 1_000
  let post = first
  let said = ''
  const say = (step: string): void => {
    if (step !== said) progress.step(step)
    said = step
  }
  try {
    for (;;) {
      say(stepOf(post))
      const left = end - performance.now()
      if (statusOf(post.state) !== EXIT.pending || left <= 0) return post
      await pause(Math.min(EVERY_MS, left), signal)
      signal.throwIfAborted()
      post = await console.get(postPath(id), Post).catch((error: unknown) => {
        if (!(error instanceof ConsoleAwayError)) throw error
        say(`${stepOf(post)}; the console cannot say more at the moment`)
        return post
      })
    }
  } finally {
    progress.stop()
  }
}
