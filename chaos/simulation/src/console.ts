import { type CancelAnswer, type Hash, type PostContent, type PostId, submit } from '@surepost/shared/contracts'
import type { Broker } from './broker/broker.ts'
import type { SaidFact } from './facts.ts'
import { type Machine, machineOf } from './machine.ts'
import { type Row, stateOf } from './persister/database.ts'
import type { Persister } from './persister/persister.ts'
import { type Message, publishing } from './poster/work-queue.ts'
import type { Platform } from './platform/platform.ts'
import type { Rabbit } from './rabbit.ts'
import type { PlannedPost } from './scenario.ts'
import { MOST_ASKS, askAgainMs, openWishes } from './wishes.ts'
import type { World } from './world.ts'

export interface Console {
  readonly machine: Machine
  /** What the ledger answered to each wish to cancel, over all revisions. */
  readonly cancels: ReadonlyMap<PostId, CancelAnswer['result']>
  /** Posts that were accepted: their client has heard "yes", or their fact is confirmed. */
  readonly accepted: ReadonlySet<PostId>
  /** Contents that were approved: their approver has heard "yes". */
  readonly approved: ReadonlySet<Hash>
}

interface Out {
  readonly say: (fact: SaidFact) => void
  readonly send: (message: Message) => void
}

/** The API and its clients: submissions, their repeats, cancels and edits. */
export const openConsole = (
  world: World,
  rabbit: Rabbit,
  broker: Broker,
  persister: Persister,
  platform: Platform,
  out: Out,
): Console => {
  const { agenda, faults, say, random } = world
  /** What this console remembers of its own submissions: their content, and whether all was sent. */
  const recent = new Map<PostId, { readonly content: PostContent; readonly at: string; readonly sent: boolean }>()
  const machine = machineOf('console', agenda, say, () => ({ onDeath: () => recent.clear() }))
  const cancels = new Map<PostId, CancelAnswer['result']>()
  const accepted = new Set<PostId>()
  const approved = new Set<Hash>()

  /** Carry out steps one after the other, each confirmed before the next; a death between two leaves the rest undone. */
  const inTurn = (steps: readonly ((next: () => void) => void)[]): void => {
    const [first, ...rest] = steps
    if (first === undefined) return
    machine.after(random.between(1, 20), () => {
      if (faults.step(machine)) first(() => inTurn(rest))
    })
  }
  const fact =
    (said: SaidFact) =>
    (next: () => void): void =>
      rabbit.publish(machine, () => out.say(said), next)
  const command =
    (message: Message) =>
    (next: () => void): void =>
      rabbit.publish(machine, () => out.send(message), next)

  /** As the API does: a repeat of what is known beyond `accepted` is answered; another body under the same key is refused. */
  const isAnswered = ({ postId }: PlannedPost, content: PostContent): boolean => {
    const reserved = recent.get(postId)
    if (reserved !== undefined && (reserved.sent || reserved.content !== content)) return true
    const row = persister.databaseUp() ? persister.database.rows.get(postId) : undefined
    const state = row === undefined ? null : stateOf(row)
    if (row === undefined || state === null) return false
    const other = [...row.facts.values()].some((f) => f.type === 'post.submitted' && f.body.content !== content)
    return other || state !== 'accepted'
  }
  /** A client submits, and again until it was heard; the id is derived, so each time is the same post. */
  const submission = (post: PlannedPost, content: PostContent, tries = 1): void => {
    let heard = false
    if (machine.up && !machine.frozen && isAnswered(post, content)) return
    if (machine.up) {
      recent.set(post.postId, { content, at: new Date(agenda.now).toISOString(), sent: false })
      say('client', () => `submits post ${post.postId}: ${content.segments.map((s) => `"${s.text}"`).join(', ')}`)
      const scheduledAt = post.scheduledAt === null ? null : new Date(post.scheduledAt)
      const { postId, account } = post
      const request = {
        postId,
        account,
        platform: 'x',
        content,
        client: 'sim',
        approval: post.review === null ? 'auto' : 'review',
        scheduledAt,
        mayBeRepeat: !persister.databaseUp(),
      } as const
      const { submitted, dispatch } = submit(request, new Date(agenda.now))
      const notAfter = new Date(post.notAfter).toISOString()
      const steps = [fact({ id: submitted.id, type: 'post.submitted', body: { ...submitted.body, notAfter } })]
      steps.push((next) => {
        accepted.add(postId)
        next()
      })
      if (dispatch !== null) {
        const body = { ...dispatch.command.body, notAfter }
        steps.push(fact({ ...dispatch.fact, type: 'post.dispatched' }))
        steps.push(command(publishing(dispatch.command.id, body, dispatch.notBefore)))
      }
      steps.push((next) => {
        recent.set(postId, { content, at: submitted.body.at, sent: true })
        next()
      })
      inTurn([...steps, () => (heard = true)])
    }
    agenda.after(askAgainMs(tries) + random.between(0, 5_000), () => {
      if (!heard && tries < MOST_ASKS) submission(post, content, tries + 1)
    })
  }
  /** When a post was accepted, as far as the API knows; undefined: it knows of no such post (404). */
  const acceptanceOf = (postId: PostId): string | undefined => {
    const row = persister.databaseUp() ? persister.database.rows.get(postId) : undefined
    const recorded = [...(row?.facts.values() ?? [])].flatMap((f) => (f.type === 'post.submitted' ? [f.body.at] : []))
    return recorded.toSorted()[0] ?? recent.get(postId)?.at
  }
  const rowOf = (postId: PostId): Row | undefined =>
    persister.databaseUp() ? persister.database.rows.get(postId) : undefined
  const wishes = openWishes(world, rabbit, broker, {
    machine,
    cancels,
    approved,
    inTurn,
    fact,
    command,
    acceptanceOf,
    rowOf,
    timelineOf: (account) => (platform.troubled ? null : platform.timeline(account)),
  })
  for (const post of world.scenario.posts) {
    agenda.at(post.at, () => submission(post, post.content))
    const { again, revoke, review, deletion } = post
    if (again !== null) agenda.at(again.at, () => submission(post, again.content))
    if (revoke !== null)
      agenda.at(revoke.at, () => (revoke.edit === null ? wishes.cancel(post) : wishes.edit(post, revoke.edit)))
    if (review !== null)
      agenda.at(review.at, () => (review.says === 'reject' ? wishes.cancel(post) : wishes.approve(post)))
    if (deletion !== null) agenda.at(deletion.at, () => wishes.delete(post, deletion.segment))
  }
  for (const at of world.scenario.looks)
    agenda.at(at, () => {
      for (const post of world.scenario.posts) wishes.settle(post)
    })
  return { machine, cancels, accepted, approved }
}
