import {
  answerPostId,
  DraftReply,
  MentionDecided,
  PostDispatched,
  PostSubmitted,
  PublishPost,
  shardOf,
  submit,
  JobRan,
  type BodyOf,
  type Submitted,
} from '@surepost/shared/contracts'
import { messageOf, PermanentError, TransientError } from '@surepost/shared/errors'
import { done, handle, type Bus, type Outcome } from '@surepost/shared/messaging'
import type { PlatformAdapter } from '@surepost/platforms'
import type { Drafter } from '../drafting/drafter.ts'
import { whyNot } from '../eligibility.ts'

export interface ReplyPorts {
  readonly bus: Pick<Bus, 'emit' | 'send'>
  readonly draft: Drafter
  readonly platforms: { readonly for: (name: Command['platform']) => PlatformAdapter }
  readonly shards: number
}

type Command = BodyOf<typeof DraftReply>
type Decision = Pick<BodyOf<typeof MentionDecided>, 'decision' | 'reason' | 'postId' | 'drafter'>

/**
 * Decide about one mention: a reason for no answer, or a draft that is submitted as a post of its own. The post's id
 * follows from account and mention, so that an answer exists once however often this runs.
 */
export const draftReply = (ports: ReplyPorts) =>
  handle(DraftReply, async ({ body: command }, { signal }): Promise<Outcome> => {
    const startedAt = new Date()
    try {
      const decision = await decide(ports, command, signal)
      await decided(ports, command, decision)
      await ran(
        ports,
        command,
        startedAt,
        decision.decision === 'answered' ? 'succeeded' : 'skipped',
        decision.decision === 'answered' ? null : decision.reason,
      )
      return done
    } catch (error) {
      if (error instanceof PermanentError && error.code === 'refusal') {
        await decided(ports, command, { decision: 'skipped', reason: 'refusal', postId: null, drafter: null })
        await ran(ports, command, startedAt, 'skipped', 'refusal')
        return done
      }
      await ran(ports, command, startedAt, 'failed', messageOf(error))
      throw error
    }
  })

const decide = async (ports: ReplyPorts, command: Command, signal: AbortSignal): Promise<Decision> => {
  const { account, platform, handle: ourHandle, mention, voice, approval } = command
  const reason = whyNot(command, new Date())
  if (reason !== null) return { decision: 'skipped', reason, postId: null, drafter: null }
  const adapter = ports.platforms.for(platform)
  const draft = await ports.draft({ voice, handle: ourHandle, mention, signal })
  const { length, limit } = adapter.measure(draft.text)
  if (length > limit) throw new TransientError(`invalid_output: the draft has ${length} of ${limit} units`)
  const postId = answerPostId(account, mention.platformId)
  const content = {
    segments: [{ text: draft.text, media: [] }],
    replyTo: { platformId: mention.platformId, author: mention.author, textHash: adapter.textHash(mention.text) },
  }
  await submitAnswer(
    ports,
    submit({ postId, account, platform, content, client: 'replier', approval, scheduledAt: null }, new Date()),
    ports.shards,
  )
  return {
    decision: 'answered',
    reason: approval === 'auto' ? 'approved automatically' : 'waits for approval',
    postId,
    drafter: draft.drafter,
  }
}

const submitAnswer = async ({ bus }: ReplyPorts, { submitted, dispatch }: Submitted, shards: number): Promise<void> => {
  await bus.emit(PostSubmitted, submitted.body, { id: submitted.id })
  if (dispatch === null) return
  await bus.emit(PostDispatched, dispatch.fact.body, { id: dispatch.fact.id })
  await bus.send(PublishPost, dispatch.command.body, {
    id: dispatch.command.id,
    shard: shardOf(dispatch.command.body.account, shards),
  })
}

const decided = ({ bus }: ReplyPorts, { account, mention }: Command, decision: Decision): Promise<void> =>
  bus.emit(MentionDecided, { at: new Date().toISOString(), account, mention: mention.platformId, ...decision })

const ran = (
  { bus }: ReplyPorts,
  { account }: Command,
  startedAt: Date,
  outcome: 'succeeded' | 'failed' | 'skipped',
  detail: string | null,
): Promise<void> =>
  bus.emit(JobRan, {
    at: new Date().toISOString(),
    job: 'replier.draft',
    account,
    startedAt: startedAt.toISOString(),
    outcome,
    category: outcome === 'failed' ? (detail?.split(':')[0]?.slice(0, 64) ?? null) : null,
    detail,
  })
