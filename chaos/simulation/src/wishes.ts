import {
  type AccountId,
  type BodyOf,
  type CancelAnswer,
  type Hash,
  type PostContent,
  type PostId,
  type PostSubmitted,
  type ReviseAnswer,
  contentHash,
  dispatchOf,
  isDueSoon,
  messageIdOf,
} from '@surepost/shared/contracts'
import type { Broker, ToBroker } from './broker/broker.ts'
import type { SaidFact } from './facts.ts'
import type { Machine } from './machine.ts'
import { type Message, deleting, publishing } from './poster/work-queue.ts'
import { type Row, dueView } from './persister/database.ts'
import type { LivePost } from './platform/platform.ts'
import { urlOf } from './platform/seen.ts'
import type { Rabbit } from './rabbit.ts'
import type { PlannedPost } from './scenario.ts'
import type { World } from './world.ts'

export const MOST_ASKS = 8
/** Whoever got no answer asks again, later each time. */
export const askAgainMs = (tries: number): number => 10_000 * 2 ** (tries - 1)

const MOST_COFFEE_MS = 5 * 60_000

/** The segments of the current revision whose outcome nobody knows, as the record has it. Without a text there is nothing to look for. */
const unsettledOf = (row: Row): readonly { readonly segment: number; readonly text: string }[] => {
  const { state, submission } = dueView(row)
  if (state !== 'unknown' && state !== 'needs_attention') return []
  const facts = [...row.facts.values()]
  return (submission?.content.segments ?? []).flatMap(({ text }, segment) => {
    const said = facts.filter((f) => 'segment' in f.body && f.body.segment === segment)
    const isUnknown = said.some((f) => f.type === 'post.segment_unknown')
    return text !== '' && isUnknown && !said.some((f) => f.type === 'post.segment_published') ? [{ segment, text }] : []
  })
}

type Step = (next: () => void) => void

export interface WishPorts {
  readonly machine: Machine
  readonly cancels: Map<PostId, CancelAnswer['result']>
  /** Contents whose approval was heard. */
  readonly approved: Set<Hash>
  /** Carry out steps one after the other, each confirmed before the next. */
  readonly inTurn: (steps: readonly Step[]) => void
  readonly fact: (said: SaidFact) => Step
  readonly command: (message: Message) => Step
  /** When a post was accepted; undefined: the API knows of no such post. */
  readonly acceptanceOf: (postId: PostId) => string | undefined
  /** What an account's timeline shows now; null: its pages do not work. */
  readonly timelineOf: (account: AccountId) => readonly LivePost[] | null
  /** What is recorded of it, while the database can be asked. */
  readonly rowOf: (postId: PostId) => Row | undefined
}

/** What people change their minds about, by way of the API. */
export interface Wishes {
  cancel(post: PlannedPost): void
  edit(post: PlannedPost, content: PostContent): void
  /** Approve what is recorded and waits for it. */
  approve(post: PlannedPost): void
  /** Have a segment deleted once its id is recorded. */
  delete(post: PlannedPost, segment: number): void
  /** Look for what nobody knows the outcome of, and say what is there. */
  settle(post: PlannedPost): void
}

export const openWishes = (world: World, rabbit: Rabbit, broker: Broker, ports: WishPorts): Wishes => {
  const { agenda, random } = world
  const { machine, cancels, approved: heardOf, inTurn, fact, command, acceptanceOf, rowOf, timelineOf } = ports
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
  /** Try until it was heard, or for the last time. @param attempt calls back when it was */
  const untilHeard = (attempt: (heard: () => void) => void, tries = 1): void => {
    let heard = false
    agenda.after(askAgainMs(tries) + random.between(0, 5_000), () => {
      if (!heard && tries < MOST_ASKS) untilHeard(attempt, tries + 1)
    })
    if (machine.up) attempt(() => (heard = true))
  }
  /** An approval binds what was read; what is approved and due soon is dispatched. */
  const sayApproved = (next: BodyOf<typeof PostSubmitted>, heard: () => void): void => {
    const { postId, revision, hash, account, platform, content, notAfter, at: acceptedAt } = next
    const now = new Date(agenda.now)
    const approved = { at: now.toISOString(), postId, revision, hash, by: 'a person' }
    const post = { postId, revision, hash, account, platform, content, notAfter, acceptedAt }
    const scheduledAt = next.scheduledAt === null ? null : new Date(next.scheduledAt)
    const { fact: dispatched, command: sent, notBefore } = dispatchOf(post, scheduledAt, now)
    const dispatch = [
      fact({ ...dispatched, type: 'post.dispatched' }),
      command(publishing(sent.id, sent.body, notBefore)),
    ]
    inTurn([
      fact({ id: messageIdOf('post.approved', postId, revision), type: 'post.approved', body: approved }),
      ...(isDueSoon(scheduledAt, now) ? dispatch : []),
      () => {
        heardOf.add(hash)
        heard()
      },
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
          if (result === 'revised') untilHeard((heard) => sayApproved(next, heard))
        }),
    }))
  }
  const approve = ({ postId }: PlannedPost): void =>
    untilHeard((heard) => {
      const row = rowOf(postId)
      if (row === undefined) return
      const { state, submission } = dueView(row)
      if (submission === undefined || state !== 'review') heard()
      else sayApproved(submission, heard)
    })
  const deleteSegment = ({ postId, account }: PlannedPost, segment: number): void =>
    untilHeard((heard) => {
      const facts = [...(rowOf(postId)?.facts.values() ?? [])]
      const live = facts.find((f) => f.type === 'post.segment_published' && f.body.segment === segment)
      if (live?.type !== 'post.segment_published') return
      const { platformId } = live.body
      const wish = { postId, segment, account, platform: 'x', platformId, by: 'a person' } as const
      inTurn([command(deleting(messageIdOf('post.delete', postId, segment), wish)), heard])
    })
  const settle = ({ postId, account }: PlannedPost): void => {
    const row = rowOf(postId)
    const shown = timelineOf(account)
    if (row === undefined || shown === null) return
    const lookedAt = new Date(agenda.now).toISOString()
    for (const { segment, text } of unsettledOf(row)) {
      const found = shown.find((live) => live.text === text)
      const live =
        found === undefined
          ? null
          : { platformId: found.platformId, url: urlOf(found), publishedAt: new Date(found.landedAt).toISOString() }
      world.say('a person', () => `looks for "${text}": ${live?.platformId ?? 'it is not there'}`)
      const settlesAs = { postId, segment, account, by: 'a person', live, lookedAt }
      // Between looking and saying there is a cup of coffee.
      agenda.after(random.tail(10_000, MOST_COFFEE_MS), () =>
        ask(postId, (_, once) => ({ settlesAs, answer: () => once(() => {}) })),
      )
    }
  }
  return { cancel, edit, approve, delete: deleteSegment, settle }
}
