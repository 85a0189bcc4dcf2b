import { type PostFact, type PostId, type PostState, postState } from '@surepost/shared/contracts'
import type { Millis } from '../agenda.ts'

const MINUTE = 60_000
const MOST_BACKOFF_MS = 6 * 60 * MINUTE

/** What the database holds of one post: its facts, and when somebody last claimed it to send it again. */
export interface Row {
  readonly postId: PostId
  readonly facts: Map<string, PostFact>
  claimedUntil: Millis
}

/** The store of record. A fact that is known changes nothing. */
export interface Database {
  readonly rows: ReadonlyMap<PostId, Row>
  /** @returns the row, if the fact was new */
  apply(fact: PostFact): Row | null
}

export const openDatabase = (): Database => {
  const rows = new Map<PostId, Row>()
  return {
    rows,
    apply(fact) {
      const { postId } = fact.body
      let row = rows.get(postId)
      if (row === undefined) rows.set(postId, (row = { postId, facts: new Map(), claimedUntil: 0 }))
      if (row.facts.has(fact.id)) return null
      row.facts.set(fact.id, fact)
      return row
    },
  }
}

export const stateOf = (row: Row): PostState | null => postState([...row.facts.values()])

/** What the database's claims select by, derived as its SQL does (`claim_due_posts`, `claim_expired_posts`, `silent_at`). */
export interface DueView {
  readonly state: PostState | null
  readonly submission: Extract<PostFact, { type: 'post.submitted' }>['body'] | undefined
  readonly dueAt: Millis
  readonly notAfter: Millis
  readonly revisedAt: Millis
  readonly begun: boolean
  readonly published: boolean
  readonly silentAt: Millis
}

const HEARD = new Set<PostFact['type']>([
  'post.segment_begun',
  'post.segment_unknown',
  'post.segment_aborted',
  'post.segment_published',
])

export const dueView = (row: Row): DueView => {
  const facts = [...row.facts.values()]
  const submissions = facts.flatMap((f) => (f.type === 'post.submitted' ? [f.body] : []))
  const submission = submissions.toSorted((a, b) => b.revision - a.revision || a.at.localeCompare(b.at))[0]
  const dispatches = facts.flatMap((f) => (f.type === 'post.dispatched' ? [f.body] : []))
  const last = dispatches.toSorted((a, b) => b.at.localeCompare(a.at))[0]
  const heardAt = Math.max(0, ...facts.filter((f) => HEARD.has(f.type)).map((f) => Date.parse(f.body.at)))
  const backoff = Math.min(5 * MINUTE * (2 ** Math.max(0, Math.min(dispatches.length - 1, 10)) - 1), MOST_BACKOFF_MS)
  const submittedAt = submission === undefined ? 0 : Date.parse(submission.at)
  return {
    state: stateOf(row),
    submission,
    dueAt:
      submission?.scheduledAt === null || submission === undefined ? submittedAt : Date.parse(submission.scheduledAt),
    notAfter: submission === undefined ? 0 : Date.parse(submission.notAfter),
    revisedAt: submittedAt,
    begun: facts.some((f) => f.type === 'post.segment_begun'),
    published: facts.some((f) => f.type === 'post.segment_published'),
    silentAt: Math.max(last === undefined ? Infinity : Date.parse(last.deadline) + backoff, heardAt + 15 * MINUTE),
  }
}
