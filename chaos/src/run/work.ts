import { setTimeout as delay } from 'node:timers/promises'
import { AccountId, PlatformId, answerPostId } from '@surepost/shared/contracts'
import { messageOf } from '@surepost/shared/errors'
import type { Console, Submission } from '../clients/console.ts'
import type { Playground } from '../clients/playground.ts'
import { RefusedError, isPassing } from '../clients/request.ts'
import type { ExpectedPost } from '../judge/types.ts'
import type { Plan, PlannedMention, PlannedPost, PlannedWork } from '../plan/types.ts'
import { tagOf } from '../plan/work.ts'
import type { Clock } from './clock.ts'
import { imageOf } from './image.ts'
import type { Pace } from './pace.ts'
import type { Room } from './room.ts'

export interface WorkPorts {
  readonly plan: Plan
  readonly site: Playground
  readonly api: Console
  readonly clock: Clock
  readonly pace: Pick<Pace, 'given' | 'allowsWork'>
  readonly room: Room
  /** Aborted when the run ends. */
  readonly signal: AbortSignal
}

/** What is being asked of the system, as it is asked. */
export interface Work {
  /** Everything that was asked so far. */
  readonly expected: readonly ExpectedPost[]
  /** What the API refused, or never answered, in words. */
  readonly refusals: readonly string[]
  /** Resolves when every post was accepted (or refused) and every cancel answered. */
  readonly done: Promise<void>
}

const AGAIN_MS = 500

/** Ask until there is an answer: parts of the system are away all the time, and every request may be repeated. */
const insist = async <T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> => {
  for (;;) {
    signal.throwIfAborted()
    try {
      return await ask()
    } catch (error) {
      if (!isPassing(error)) throw error
    }
    await delay(AGAIN_MS, undefined, { signal })
  }
}

/** Submit the plan's work at its times. */
export const startWork = (ports: WorkPorts): Work => {
  const expected: ExpectedPost[] = []
  const refusals: string[] = []
  const one = async (item: PlannedWork): Promise<void> => {
    await ports.clock.until(item.at, ports.signal)
    await ports.pace.allowsWork(item.at, ports.signal)
    const place = await ports.room.take(ports.signal)
    ports.pace.given(item)
    if (ports.signal.aborted) return
    const ask = (asked: ExpectedPost): number => {
      if (asked.postId === null) place.free()
      else place.keepFor(asked.postId)
      return expected.push(asked) - 1
    }
    try {
      await (item.kind === 'mention' ? mention(ports, item, ask) : post(ports, item, ask, expected))
    } catch (error) {
      place.free()
      if (!ports.signal.aborted) refusals.push(`post ${item.n}: ${messageOf(error)}`)
    }
  }
  return {
    expected,
    refusals,
    done: Promise.all(ports.plan.work.map(one)).then(() => undefined),
  }
}

const handleOf = ({ plan }: WorkPorts, account: string): string =>
  plan.accounts.find(({ id }) => id === account)?.handle ?? account

/** Write down what was asked. @returns its index */
type Ask = (asked: ExpectedPost) => number

const mention = async (ports: WorkPorts, item: PlannedMention, ask: Ask): Promise<void> => {
  const id = await insist(() => ports.site.addPost(item.bot, item.text), ports.signal)
  ask({
    n: item.n,
    postId: answerPostId(AccountId.parse(item.account), PlatformId.parse(id)),
    handle: handleOf(ports, item.account),
    replyTo: id,
    segments: [{ text: null, media: [] }],
    ending: 'live',
  })
}

/** What stands on the site before a post is submitted: the post that it answers, or the refusal that awaits it. */
const prepare = async ({ site, signal, plan }: WorkPorts, item: PlannedPost): Promise<string | null> => {
  if (item.refusal === 'too_long')
    await insist(() => site.plant({ kind: 'too_long', matching: tagOf(plan.seed, item.n) }), signal)
  const { replyTo } = item
  if (replyTo === null) return null
  const parent = await insist(() => site.addPost(replyTo.bot, replyTo.text), signal)
  if (replyTo.gone) await insist(() => site.deletePost(parent), signal)
  return parent
}

const submissionOf = async (ports: WorkPorts, item: PlannedPost, parent: string | null): Promise<Submission> => {
  const image = item.segments.some((segment) => segment.image) ? imageOf(item.n) : null
  const id = image === null ? '' : await insist(() => ports.api.upload(image.png), ports.signal)
  return {
    account: item.account,
    segments: item.segments.map((segment) => ({
      text: segment.text,
      media: segment.image && image !== null ? [{ id, alt: image.alt }] : [],
    })),
    ...(parent === null || item.replyTo === null ? {} : { replyTo: { platformId: parent, author: item.replyTo.bot } }),
    ...(item.scheduledInMs === null ? {} : { scheduledAt: new Date(Date.now() + item.scheduledInMs).toISOString() }),
  }
}

const post = async (ports: WorkPorts, item: PlannedPost, ask: Ask, expected: ExpectedPost[]): Promise<void> => {
  const parent = await prepare(ports, item)
  const { submission, postId, refusal } = await submit(ports, item, parent)
  const asked: ExpectedPost = {
    n: item.n,
    postId,
    handle: handleOf(ports, item.account),
    replyTo: parent,
    segments: submission.segments.map(({ text, media }) => ({ text, media: media.map(({ id }) => id) })),
    ending: item.refusal !== null ? 'refused' : item.cancelAfterMs !== null ? 'live_or_cancelled' : 'live',
  }
  const index = ask(asked)
  if (postId === null) throw refusal
  if (item.cancelAfterMs === null) return
  await delay(item.cancelAfterMs, undefined, { signal: ports.signal })
  const answer = await insist(() => ports.api.cancel(postId), ports.signal)
  if (answer === 'cancelled') expected[index] = { ...asked, ending: 'cancelled' }
}

interface Submitted {
  readonly submission: Submission
  /** Null when the API refused it for good. */
  readonly postId: string | null
  readonly refusal?: unknown
}

/** Times that a schedule may pass before the API can be reached. */
const MOST_TIMES = 10

/**
 * Submit until it is accepted. Where the API says that its time has passed meanwhile it was not accepted: then it is
 * another post, with another time, another key and another text, so that a first one that appears all the same is seen.
 */
const submit = async (ports: WorkPorts, item: PlannedPost, parent: string | null): Promise<Submitted> => {
  for (let time = 1; ; time += 1) {
    const submission = again(await submissionOf(ports, item, parent), time)
    const key = `chaos-${ports.plan.seed}-${item.n}-${time}`
    try {
      return { submission, postId: await insist(() => ports.api.submit(submission, key), ports.signal) }
    } catch (error) {
      const passed = item.scheduledInMs !== null && error instanceof RefusedError && error.status === 422
      if (!passed || time >= MOST_TIMES) return { submission, postId: null, refusal: error }
    }
  }
}

const again = (submission: Submission, time: number): Submission =>
  time === 1
    ? submission
    : {
        ...submission,
        segments: submission.segments.map((segment) => ({ ...segment, text: `${segment.text} (${time})` })),
      }
