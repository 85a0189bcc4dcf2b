import { z } from 'zod'
import { type AlertKind, ALERTS } from './alert-catalogue.ts'
import { defineFact } from './define.ts'
import { Reason, at } from './fact-parts.ts'
import { type AccountId, type PostId } from './ids.ts'

export const AlertRaised = defineFact({
  type: 'alert.raised',
  version: 1,
  body: z.strictObject({
    ...at,
    /** One condition, one key: raising it again changes nothing but the time. */
    key: z.string().min(1).max(200),
    severity: z.enum(['info', 'warning', 'critical']),
    /** What is wrong and what to do. */
    sentence: Reason,
    /** Where it is written what to look at and what to do, such as `docs/RUNBOOK.md#database-away`. */
    runbook: z.string().max(200).nullable().default(null),
  }),
})
export const AlertCleared = defineFact({
  type: 'alert.cleared',
  version: 1,
  body: z.strictObject({ ...at, key: z.string().min(1).max(200) }),
})

export const ALERT_KINDS: readonly AlertKind[] = Object.values(ALERTS)

/** The kind of the alert with this key: the one with the longest beginning of it. */
export const alertKindOf = (key: string): AlertKind | undefined =>
  ALERT_KINDS.filter((kind) => key.startsWith(kind.key)).toSorted((a, b) => b.key.length - a.key.length)[0]

export const runbookOf = ({ name }: AlertKind): string => `docs/RUNBOOK.md#${name}`

/** Longest sentence of a fact. */
const MOST_SENTENCE = 2_000
const MOST_KEY = 200

/** The key of one condition of a kind. @param subject which one of its kind; left out for kinds of which there is one */
export const alertKey = (kind: AlertKind, subject = ''): string => `${kind.key}${subject}`.slice(0, MOST_KEY)

/**
 * The body of `alert.raised`, from the catalogue: its key, its severity, what to do and where more is written.
 * @param what what is wrong, in a sentence
 */
export const raised = (kind: AlertKind, what: string, subject?: string, since: Date = new Date()) => ({
  at: since.toISOString(),
  key: alertKey(kind, subject),
  severity: kind.severity,
  sentence: `${what.slice(0, MOST_SENTENCE - kind.todo.length - 1)} ${kind.todo}`,
  runbook: runbookOf(kind),
})

/** The body of `alert.cleared`. */
export const cleared = (kind: AlertKind, subject?: string, since: Date = new Date()) => ({
  at: since.toISOString(),
  key: alertKey(kind, subject),
})

/** The key of the alert that a post waits for a person. */
export const attentionAlert = (postId: PostId): string => alertKey(ALERTS.needsPerson, postId)

/** What is said, every time, of a post that waits for a person; the persister repeats it until it was settled. */
export const attentionRaised = (postId: PostId, account: AccountId, reason: string, since?: Date) =>
  raised(ALERTS.needsPerson, `Post ${postId} of ${account} needs a person: ${reason}`, postId, since)
