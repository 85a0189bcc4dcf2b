import { LOOK_AHEAD_MS, type PostFact, type PostState } from '@surepost/shared/contracts'
import type { DuePost } from '@surepost/shared/database'
import { sendingOf } from '../../../../services/persister/src/jobs/dispatcher.ts'
import type { Millis } from '../agenda.ts'
import type { SaidFact } from '../facts.ts'
import type { Machine } from '../machine.ts'
import { type Message, publishing } from '../poster/work-queue.ts'
import type { Rabbit } from '../rabbit.ts'
import type { World } from '../world.ts'
import { type DueView, type Row, dueView } from './database.ts'

/** A new post is normally dispatched by whoever took it in; only after this is it the dispatcher's. */
const SETTLE_MS = 15_000
const EXPIRED_GRACE_MS = 30_000
const CLAIM_MS = 60_000
/** What is under way is only reminded of, and not again for half an hour. */
const REMIND_MS = 30 * 60_000
/** The jobs look this often. */
const EVERY_MS = 5_000

type Submission = NonNullable<DueView['submission']>
type Due = 'dispatch' | 'remind' | 'missed'

const WAITING: ReadonlySet<PostState> = new Set(['accepted', 'scheduled', 'queued'])
const SILENT: ReadonlySet<PostState> = new Set(['queued', 'publishing', 'unknown'])

const liveOf = (facts: readonly PostFact[]): DuePost['live'] =>
  facts.flatMap((fact) =>
    fact.type === 'post.segment_published'
      ? {
          segment: fact.body.segment,
          platformId: fact.body.platformId,
          url: fact.body.url,
          publishedAt: new Date(fact.body.publishedAt),
          gone: facts.some((f) => f.type === 'post.segment_deleted' && f.body.platformId === fact.body.platformId)
            ? ('deleted' as const)
            : null,
        }
      : [],
  )

/** A row as `claim_due_posts` answers it. */
const duePost = ({ postId, facts }: Row, { state, silentAt }: DueView, submission: Submission): DuePost => ({
  postId,
  revision: submission.revision,
  hash: submission.hash,
  account: submission.account,
  platform: submission.platform,
  content: submission.content,
  notAfter: new Date(submission.notAfter),
  acceptedAt: new Date(submission.at),
  scheduledAt: submission.scheduledAt === null ? null : new Date(submission.scheduledAt),
  state: state ?? 'accepted',
  dispatches: 0,
  why: silentAt === Infinity ? 'due' : 'silent',
  live: liveOf([...facts.values()]),
})

/** What the jobs would do for a post next, and when; null: nothing any more. */
const nextOf = (view: DueView, claimedUntil: Millis): { readonly due: Due; readonly at: Millis } | null => {
  const { state, dueAt, notAfter, revisedAt, begun, published, silentAt } = view
  if (state === null) return null
  const missed = notAfter + EXPIRED_GRACE_MS
  const late =
    WAITING.has(state) && !begun && !published ? { due: 'missed' as const, at: Math.max(missed, claimedUntil) } : null
  if (state === 'accepted' || state === 'scheduled') {
    const at = Math.max(dueAt - LOOK_AHEAD_MS, revisedAt + SETTLE_MS, claimedUntil)
    return at < notAfter ? { due: 'dispatch', at } : late
  }
  if (!SILENT.has(state)) return null
  const at = Math.max(silentAt, claimedUntil)
  if (at === Infinity) return late
  const silent = { due: state === 'queued' ? ('dispatch' as const) : ('remind' as const), at }
  return at < notAfter || begun ? silent : late
}

/** The persister's jobs: dispatch what is due, send again what is silent, say what was missed. */
export interface Dispatcher {
  /** A fact has changed this post. */
  consider(row: Row): void
}

export const openDispatcher = (
  world: World,
  machine: Machine,
  rabbit: Rabbit,
  ready: { readonly databaseUp: () => boolean; readonly behind: () => boolean },
  out: { readonly say: (fact: SaidFact) => void; readonly send: (message: Message) => void },
): Dispatcher => {
  const { agenda, random, say } = world
  const planned = new Map<Row, Millis>()

  const consider = (row: Row): void => {
    const next = nextOf(dueView(row), row.claimedUntil)
    if (next === null) return void planned.delete(row)
    const at = Math.max(agenda.now, next.at) + random.between(1, EVERY_MS)
    const before = planned.get(row)
    if (before !== undefined && before > agenda.now && before <= at) return
    planned.set(row, at)
    agenda.at(at, () => {
      if (planned.get(row) !== at) return
      planned.delete(row)
      // While facts wait to be applied, silence says nothing.
      if (!machine.up || machine.frozen || !ready.databaseUp() || ready.behind())
        agenda.after(30_000, () => consider(row))
      else act(row)
    })
  }
  const act = (row: Row): void => {
    const view = dueView(row)
    const next = nextOf(view, row.claimedUntil)
    if (next === null || next.at > agenda.now || view.submission === undefined) return consider(row)
    row.claimedUntil = agenda.now + (next.due === 'remind' ? REMIND_MS : CLAIM_MS)
    carryOut(row, view, view.submission, next.due)
    consider(row)
  }
  const carryOut = (row: Row, view: DueView, submission: Submission, due: Due): void => {
    const now = new Date(agenda.now)
    if (due === 'missed') {
      say('persister', () => `finds post ${row.postId} too late`)
      const { revision } = submission
      const body = { at: now.toISOString(), postId: row.postId, revision, reason: 'too late' }
      const fact: SaidFact = { id: world.newId(), type: 'post.missed', body }
      return rabbit.publish(
        machine,
        () => out.say(fact),
        () => {},
      )
    }
    say('persister', () => `sends the command for post ${row.postId} again (${due})`)
    const { fact, command } = sendingOf(duePost(row, view, submission), now)
    const message = publishing(command.id, command.body, command.notBefore)
    const send = (): void =>
      rabbit.publish(
        machine,
        () => out.send(message),
        () => {},
      )
    if (fact === null) return send()
    rabbit.publish(machine, () => out.say({ ...fact, type: 'post.dispatched' }), send)
  }
  return { consider }
}
