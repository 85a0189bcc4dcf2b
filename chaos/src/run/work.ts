import { setTimeout as delay } from 'node:timers/promises'
import { AccountId, PlatformId, answerPostId } from '@surepost/shared/contracts'
import { messageOf } from '@surepost/shared/errors'
import type { Console, Submission } from '../clients/console.ts'
import type { Playground } from '../clients/playground.ts'
import { isPassing } from '../clients/request.ts'
import type { ExpectedPost } from '../judge/types.ts'
import type { Plan, PlannedMention, PlannedPost, PlannedWork } from '../plan/types.ts'
import { tagOf } from '../plan/work.ts'
import type { Clock } from './clock.ts'
import { imageOf } from './image.ts'
import type { Pace } from './pace.ts'

export interface WorkPorts {
  readonly plan: Plan
  readonly site: Playground
  readonly api: Console
  readonly clock: Clock
  readonly pace: Pace
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
    await ports.pace.allows(item.at, ports.signal)
    if (ports.signal.aborted) return
    try {
      await (item.kind === 'mention' ? mention(ports, item, expected) : post(ports, item, expected))
    } catch (error) {
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

const mention = async (ports: WorkPorts, item: PlannedMention, expected: ExpectedPost[]): Promise<void> => {
  const id = await insist(() => ports.site.addPost(item.bot, item.text), ports.signal)
  expected.push({
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

const post = async (ports: WorkPorts, item: PlannedPost, expected: ExpectedPost[]): Promise<void> => {
  const parent = await prepare(ports, item)
  const submission = await submissionOf(ports, item, parent)
  const asked: Omit<ExpectedPost, 'postId'> = {
    n: item.n,
    handle: handleOf(ports, item.account),
    replyTo: parent,
    segments: item.segments.map(({ text, image }) => ({ text, media: image ? [imageOf(item.n).sha256] : [] })),
    ending: item.refusal !== null ? 'refused' : item.cancelAfterMs !== null ? 'live_or_cancelled' : 'live',
  }
  let postId: string
  try {
    postId = await insist(() => ports.api.submit(submission, `chaos-${ports.plan.seed}-${item.n}`), ports.signal)
  } catch (error) {
    expected.push({ ...asked, postId: null })
    throw error
  }
  const index = expected.push({ ...asked, postId }) - 1
  if (item.cancelAfterMs === null) return
  await delay(item.cancelAfterMs, undefined, { signal: ports.signal })
  const answer = await insist(() => ports.api.cancel(postId), ports.signal)
  if (answer === 'cancelled') expected[index] = { ...asked, postId, ending: 'cancelled' }
}
