import {
  type BodyOf,
  type CancelAnswer,
  type PostContent,
  type PostId,
  type PostSubmitted,
  type ReviseAnswer,
  contentHash,
  dispatchOf,
  messageIdOf,
} from '@surepost/shared/contracts'
import type { Broker, ToBroker } from './broker/broker.ts'
import type { SaidFact } from './facts.ts'
import type { Machine } from './machine.ts'
import type { Message } from './poster/work-queue.ts'
import type { Rabbit } from './rabbit.ts'
import type { PlannedPost } from './scenario.ts'
import type { World } from './world.ts'

export const MOST_ASKS = 8
/** Whoever got no answer asks again, later each time. */
export const askAgainMs = (tries: number): number => 10_000 * 2 ** (tries - 1)

type Step = (next: () => void) => void

export interface WishPorts {
  readonly machine: Machine
  readonly cancels: Map<PostId, CancelAnswer['result']>
  /** Carry out steps one after the other, each confirmed before the next. */
  readonly inTurn: (steps: readonly Step[]) => void
  readonly fact: (said: SaidFact) => Step
  readonly command: (message: Message) => Step
  /** When a post was accepted; undefined: the API knows of no such post. */
  readonly acceptanceOf: (postId: PostId) => string | undefined
}

/** What people change their minds about, by way of the API. */
export interface Wishes {
  cancel(post: PlannedPost): void
  edit(post: PlannedPost, content: PostContent): void
}

export const openWishes = (world: World, rabbit: Rabbit, broker: Broker, ports: WishPorts): Wishes => {
  const { agenda, random } = world
  const { machine, cancels, inTurn, fact, command, acceptanceOf } = ports
  /** The next revision of a post, as its editor wrote it. */
  const revisionOf = (post: PlannedPost, content: PostContent): BodyOf<typeof PostSubmitted> => ({
    at: new Date(agenda.now).toISOString(),
    postId: post.postId,
    revision: 2,
    account: post.account,
    platform: 'x',
    hash: contentHash(content),
    content,
    client: 'sim',
    approval: 'review',
    scheduledAt: null,
    notAfter: new Date(post.notAfter).toISOString(),
  })
  /** What the ledger has revised waits for its approval. Its editor asks until it was heard. */
  const approval = (next: BodyOf<typeof PostSubmitted>, tries = 1): void => {
    let heard = false
    agenda.after(askAgainMs(tries) + random.between(0, 5_000), () => {
      if (!heard && tries < MOST_ASKS) approval(next, tries + 1)
    })
    if (!machine.up) return
    const { postId, revision, hash, account, platform, content, notAfter, at: acceptedAt } = next
    const now = new Date(agenda.now)
    const approved = { at: now.toISOString(), postId, revision, hash, by: 'a person' }
    const post = { postId, revision, hash, account, platform, content, notAfter, acceptedAt }
    const { fact: dispatched, command: sent } = dispatchOf(post, null, now)
    inTurn([
      fact({ id: messageIdOf('post.approved', postId, revision), type: 'post.approved', body: approved }),
      fact({ ...dispatched, type: 'post.dispatched' }),
      command({ id: sent.id, body: sent.body, attempt: 1, notBefore: undefined, returns: 0 }),
      () => (heard = true),
    ])
  }
  /** Ask the ledger, and again until it has answered. */
  const ask = (postId: PostId, question: (acceptedAt: string, once: (then: () => void) => void) => ToBroker): void => {
    let answered = false
    const once = (then: () => void): void =>
      machine.after(random.tail(5, 2_000), () => {
        if (!answered) then()
        answered = true
      })
    const again = (tries: number): void => {
      const acceptedAt = acceptanceOf(postId)
      if (machine.up && acceptedAt !== undefined)
        rabbit.publish(
          machine,
          () => broker.control.push(question(acceptedAt, once)),
          () => {},
        )
      agenda.after(askAgainMs(tries), () => {
        if (!answered && tries < MOST_ASKS) again(tries + 1)
      })
    }
    again(1)
  }
  const cancel = ({ postId, account }: PlannedPost): void =>
    ask(postId, (acceptedAt, once) => ({
      cancels: { postId, account, acceptedAt, by: 'a person', reason: 'cancelled' },
      answer: (result: CancelAnswer['result']) => once(() => cancels.set(postId, result)),
    }))
  const edit = (post: PlannedPost, content: PostContent): void => {
    const next = revisionOf(post, content)
    ask(post.postId, (acceptedAt, once) => ({
      revises: { next, by: 'a person', acceptedAt },
      answer: (result: ReviseAnswer['result']) =>
        once(() => {
          if (result === 'revised') approval(next)
        }),
    }))
  }
  return { cancel, edit }
}
