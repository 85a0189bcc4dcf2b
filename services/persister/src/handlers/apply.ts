import type { Beat } from '@surepost/shared/alerts'
import { ALERTS, SegmentPublished, AlertRaised, alertKey, raised } from '@surepost/shared/contracts'
import { type AnswerOf, DataRefusedError, type Database, DatabaseSlowError } from '@surepost/shared/database'
import { messageOf } from '@surepost/shared/errors'
import {
  type Bus,
  type HandlerContext,
  type Outcome,
  type QueuedFact,
  type RecordedFact,
  done,
  reject,
} from '@surepost/shared/messaging'
import { type Scope, backoffMs, counter, histogram, pause } from '@surepost/shared/runtime'
import type { Backlog } from './backlog.ts'
import type { LiveWatch } from './live.ts'
import type { Outage } from './outage.ts'
import type { QueueAge } from './queue-age.ts'
import { type Piece, halvesOf, piecesOf } from './split.ts'

export interface ApplyPorts {
  readonly database: Pick<Database, 'rpc' | 'health'>
  readonly bus: Pick<Bus, 'emit'>
  readonly outage: Outage
  readonly backlog: Backlog
  readonly age: QueueAge
  readonly live: Pick<LiveWatch, 'taken' | 'recorded'>
  /** Says how applying goes, like a job's runs. */
  readonly beat: (beat: Beat, startedAt: Date) => Promise<void>
  readonly log: Scope['log']
}

type Applied = AnswerOf<'apply_facts'>

/** One call with its retries: less than the database's own statement timeout twice over. */
const CALL_MS = 20_000
const FIRST_WAIT_MS = 250
/** However long it was away: its return is seen within about a second. */
const LONGEST_WAIT_MS = 1_000

/**
 * Apply one batch of facts, and answer one outcome per fact, after the commit.
 *
 * - The database says that a fact is bad (DataRefusedError): the batch is halved until that fact is alone; the rest is
 *   committed, the one is rejected to the dead queue (which alerts).
 * - The database is up and took too long over it (DatabaseSlowError): the batch is halved as well, since less may do.
 * - Anything else means that the database is away or wrong: the facts stay in hand, nothing is answered, and the
 *   database, not the queue, is probed with backoff until it can be used. Only the end of `signal` ends the waiting: the
 *   service stops, the channel was lost, or the batch was in hand for so long that the bus puts it aside.
 */
export const createApply = (ports: ApplyPorts) => {
  const applied = counter('surepost_facts_applied_total', 'Facts that were new to the database.')
  const repeated = counter('surepost_facts_repeated_total', 'Facts that the database knew.')
  const refused = counter('surepost_facts_refused_total', 'Facts that the database refused.', ['type', 'sqlstate'])

  return async (batch: readonly QueuedFact[], { signal }: HandlerContext): Promise<readonly Outcome[]> => {
    const startedAt = new Date()
    ports.live.taken(batch)
    const outcomes: Outcome[] = Array.from(batch, () => done)
    const releases = [ports.backlog.taken(batch.length), ports.age.taken(batch)]
    try {
      const waiting: Piece[] = piecesOf(batch).toReversed()
      for (let piece = waiting.pop(); piece !== undefined; piece = waiting.pop()) {
        const answer = await applyWhenPossible(ports, piece, signal)
        const halves = halvesOf(piece)
        const [only] = piece
        if ('applied' in answer) {
          applied.inc(answer.applied)
          repeated.inc(answer.received - answer.applied)
          ports.live.recorded(piece.map(({ fact }) => fact))
          for (const { fact } of piece) if (fact.type === SegmentPublished.type) measureLive(fact)
          for (const seconds of answer.timesToLive) timeToLive.observe(seconds)
          await tellConflicts(ports, answer.conflicts)
        } else if (halves.length > 0) {
          waiting.push(...halves.toReversed())
        } else if (only !== undefined && answer instanceof DataRefusedError) {
          const { sqlstate, message } = answer
          const { id, type } = only.fact
          outcomes[only.place] = reject(`SQLSTATE ${sqlstate}: ${message}`, answer)
          refused.inc({ type, sqlstate })
          ports.log.error({ id, type, sqlstate }, 'a fact was refused by the database')
          void ports.beat(
            { outcome: 'failed', category: 'refused', detail: `A fact ${type} was refused: ${sqlstate}.` },
            startedAt,
          )
        }
      }
      void ports.beat({ outcome: 'succeeded' }, startedAt)
      return outcomes
    } finally {
      releases.forEach((release) => release())
    }
  }
}

/**
 * The answer of the database, or why the piece must be halved (it holds bad data, or is too much at once); everything
 * else is waited out.
 */
const applyWhenPossible = async (
  { database, outage, beat }: ApplyPorts,
  piece: Piece,
  signal: AbortSignal,
): Promise<Applied | DataRefusedError | DatabaseSlowError> => {
  const startedAt = new Date()
  let cause: unknown
  const facts = piece.map(({ fact: { id, type, body } }) => ({ id, type, body }))
  for (let failures = 0; ; ) {
    let slow: DatabaseSlowError | undefined
    try {
      const answer = await database.rpc('apply_facts', { facts }, { signal, deadlineMs: CALL_MS })
      outage.ended()
      // What failed meanwhile is told now that it can be written.
      if (failures > 0) {
        const detail = `${failures} tries failed, at first with: ${messageOf(cause)}`
        void beat({ outcome: 'failed', category: 'database', detail }, startedAt)
      }
      return answer
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof DataRefusedError) {
        outage.ended()
        return error
      }
      outage.began(error)
      cause ??= error
      if (error instanceof DatabaseSlowError && piece.length > 1) slow = error
    }
    // A database that answers probes and still does not apply (read-only, say) is waited for as well: failures add up.
    do {
      failures += 1
      await pause(backoffMs(failures, FIRST_WAIT_MS, LONGEST_WAIT_MS), signal)
      signal.throwIfAborted()
    } while ((await database.health()).length > 0)
    if (slow !== undefined) return slow
  }
}

/** A budget may pace a post for hours. */
const LAG_BUCKETS = [0.1, 0.5, 1, 2.5, 5, 15, 60, 300, 900, 3_600, 14_400]
const timeToLive = histogram(
  'surepost_time_to_live_seconds',
  'From the moment a post was due and approved to its first segment live; counted when that is recorded.',
  [],
  { buckets: LAG_BUCKETS },
)
const recordLag = histogram(
  'surepost_time_to_recorded_seconds',
  'From the moment a segment went live to its row in the database.',
  [],
  { buckets: LAG_BUCKETS },
)
const measureLive = ({ body }: RecordedFact): void => {
  const { publishedAt } = body as { readonly publishedAt: string }
  recordLag.observe(Math.max(0, Date.now() - Date.parse(publishedAt)) / 1_000)
}

/** A segment with two platform ids was created twice, or one id is wrong: only a person can tell. Flagged on its row too. */
const tellConflicts = async ({ bus, log }: ApplyPorts, conflicts: Applied['conflicts']): Promise<void> => {
  for (const { postId, segment, kept, others } of conflicts) {
    const sentence = `Segment ${segment} of post ${postId} is recorded with ${kept ?? 'no id'}, and ${others.join(', ')} is claimed for it too.`
    log.error({ postId, segment, kept, others }, 'two platform ids for one segment')
    const subject = `${postId}:${segment}`
    try {
      await bus.emit(AlertRaised, raised(ALERTS.segmentConflict, sentence, subject), {
        signal: AbortSignal.timeout(10_000),
      })
    } catch (error) {
      log.error({ err: error, alert: alertKey(ALERTS.segmentConflict, subject) }, 'an alert could not be raised')
    }
  }
}
