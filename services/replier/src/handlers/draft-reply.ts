import {
  answerPostId,
  DraftReply,
  PostSubmitted,
  submit,
  type DeferCategory,
  type LabelState,
} from '@surepost/shared/contracts'
import { messageOf } from '@surepost/shared/errors'
import { done, handle, type Bus, type Outcome } from '@surepost/shared/messaging'
import type { PlatformAdapter } from '@surepost/platforms'
import { dayOf, roomFor, type DailyBudget } from '../drafting/budget.ts'
import type { DraftEnd, Drafter } from '../drafting/drafter.ts'
import { faultOf } from '../drafting/faults.ts'
import { instructions } from '../drafting/prompt.ts'
import type { Rest } from '../drafting/rest.ts'
import { waitFor, type Pauses } from '../drafting/wait.ts'
import { freshUntil, whyNot } from '../rules/eligibility.ts'
import {
  bookOf,
  sayAlert,
  sayDecided,
  sayDeferred,
  sayOptedOut,
  sayRan,
  sayWell,
  type Command,
  type Ran,
} from './say.ts'

export interface ReplyPorts {
  readonly bus: Pick<Bus, 'emit'>
  readonly drafter: Drafter
  readonly rest: Rest
  readonly budget: DailyBudget
  readonly pauses: Pauses
  readonly platforms: { readonly for: (name: Command['platform']) => PlatformAdapter }
}

/** A decision is begun only while its context is good for longer than drafting can take. */
const LEAST_VALID_MS = 4 * 60_000

/** Why an account may not answer for want of its label; null where it may. */
const LABELS: Readonly<Record<LabelState, string | null>> = {
  shown: null,
  not_required: null,
  missing: 'The account does not carry the label of an automated account.',
  unread: 'Whether the account carries the label of an automated account is not known yet.',
}

const succeeded: Ran = { outcome: 'succeeded', category: null, detail: null }
const skipped = (detail: string): Ran => ({ outcome: 'skipped', category: null, detail })
const failed = (category: string, detail: string): Ran => ({ outcome: 'failed', category, detail })

/**
 * Decide about one mention: an answer, submitted as a post of its own; a reason for none; or not now, with the time at
 * which the record asks again. The post's id follows from account and mention, and the record sends it: however often
 * this runs, and whatever the model says each time, one answer exists. Each run ends in a `job.ran`.
 */
export const draftReply = (ports: ReplyPorts) =>
  handle(DraftReply, async ({ body: command }, { signal }): Promise<Outcome> => {
    const startedAt = new Date()
    try {
      await sayRan(ports.bus, command, startedAt, await decide(ports, command, signal))
      return done
    } catch (error) {
      if (signal.aborted) throw error
      // Nobody named this error: it spends an attempt, and is told like every other.
      await sayRan(ports.bus, command, startedAt, failed('unexpected', messageOf(error).slice(0, 2_000)))
      throw error
    }
  })

const decide = async (ports: ReplyPorts, command: Command, signal: AbortSignal): Promise<Ran> => {
  const now = new Date()
  const { context } = command
  if (Date.parse(context.validUntil) - now.getTime() < LEAST_VALID_MS || context.spent.day !== dayOf(now))
    return defer(ports, command, 'outdated', 'What it rests on is out of date; it is asked for again.')
  const reason = whyNot(command, now)
  if (reason !== null) return skip(ports, command, reason)
  const unlabelled = LABELS[context.label]
  if (unlabelled !== null) return defer(ports, command, 'unlabelled', unlabelled)
  const resting = ports.rest.now(now)
  if (resting !== undefined) {
    await sayDeferred(ports.bus, command, resting, resting.reason)
    return skipped(`${resting.category}: ${resting.reason}`)
  }
  const room = roomFor(ports.budget, ports.drafter.most(command), context.spent, context.ahead)
  if (room === 'spent') return defer(ports, command, 'budget', "The day's budget for the model is spent.")
  if (room === 'crowded')
    return defer(ports, command, 'outdated', "Others under way may need the rest of the day's budget.")
  return follow(ports, command, await draft(ports, command, signal), signal)
}

const draft = ({ bus, drafter, platforms }: ReplyPorts, command: Command, signal: AbortSignal): Promise<DraftEnd> => {
  const { voice, handle: ours, mention, platform, rules, context } = command
  const bounds = {
    author: mention.author,
    handle: ours,
    blockedWords: rules.blockedWords,
    earlier: context.earlier,
    instructions: instructions(command),
    measure: (text: string) => platforms.for(platform).measure(text),
  }
  const check = (text: string) => faultOf(text, bounds)
  return drafter.draft({ voice, handle: ours, mention, check, book: bookOf(bus, command), signal })
}

const follow = async (ports: ReplyPorts, command: Command, end: DraftEnd, signal: AbortSignal): Promise<Ran> => {
  switch (end.kind) {
    case 'wait':
      return defer(ports, command, end.category, end.detail, end.until)
    case 'none':
      await Promise.all([
        sayWell(ports.bus, ports.rest.well()),
        sayDecided(ports.bus, command, {
          decision: 'skipped',
          reason: end.reason,
          postId: null,
          drafter: end.drafter,
        }),
      ])
      return end.failed
        ? failed(end.reason, 'The model gave nothing that can be used for this mention.')
        : skipped(end.reason)
    case 'draft':
      // Whoever was given the same mention meanwhile has its own draft: this one is let go.
      signal.throwIfAborted()
      await Promise.all([sayWell(ports.bus, ports.rest.well()), answer(ports, command, end)])
      return succeeded
  }
}

const answer = async (
  { bus, platforms }: ReplyPorts,
  command: Command,
  { text, drafter }: Extract<DraftEnd, { kind: 'draft' }>,
): Promise<void> => {
  const { account, platform, mention, approval, rules } = command
  const postId = answerPostId(account, mention.platformId)
  const textHash = platforms.for(platform).textHash(mention.text)
  const content = {
    segments: [{ text, media: [] }],
    replyTo: { platformId: mention.platformId, author: mention.author, textHash },
  }
  const { submitted } = submit(
    {
      postId,
      account,
      platform,
      content,
      client: 'replier',
      approval,
      scheduledAt: null,
      notAfter: freshUntil(mention, rules),
    },
    new Date(),
  )
  const reason = approval === 'auto' ? 'approved automatically' : 'waits for approval'
  await Promise.all([
    bus.emit(PostSubmitted, submitted.body, { id: submitted.id }),
    sayDecided(bus, command, { decision: 'answered', reason, postId, drafter }),
  ])
}

const skip = async ({ bus }: ReplyPorts, command: Command, reason: string): Promise<Ran> => {
  // Said again where it is known: what said it first may be lost.
  if (reason === 'opted_out') await sayOptedOut(bus, command)
  await sayDecided(bus, command, { decision: 'skipped', reason, postId: null, drafter: null })
  return skipped(reason)
}

const defer = async (
  { bus, rest, pauses }: ReplyPorts,
  command: Command,
  category: DeferCategory,
  detail: string,
  said: Date | null = null,
): Promise<Ran> => {
  const wait = waitFor(category, said, command.context.failures, pauses, new Date())
  if (wait.everybody) rest.begin({ category, until: wait.until, reason: detail })
  await Promise.all([sayDeferred(bus, command, wait, detail), sayAlert(bus, wait, detail)])
  return category === 'outdated' || category === 'unlabelled' ? skipped(detail) : failed(category, detail)
}
