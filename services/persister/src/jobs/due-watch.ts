import {
  ALERTS,
  AlertCleared,
  AlertRaised,
  type AlertKind,
  alertKey,
  alertKindOf,
  cleared,
  raised,
} from '@surepost/shared/contracts'
import type { DueWork } from '@surepost/shared/database'
import { lapsingGauge } from '@surepost/shared/runtime'
import { type Job, skipped, succeeded } from './job.ts'
import { CALL_MS, type JobPorts } from './ports.ts'

/** How old what is due and not done may be, in seconds. */
export interface DueLimits {
  readonly posts: number
  readonly checks: number
  readonly answers: number
  readonly unknown: number
}

/** The alerts that this job raises and clears. */
const KINDS: readonly AlertKind[] = [
  ALERTS.duePosts,
  ALERTS.postingOff,
  ALERTS.dueChecks,
  ALERTS.dueAnswers,
  ALERTS.unknownLong,
]

const minutes = (seconds: number): string => `${Math.floor(seconds / 60)} min`

/** What is too old of all that is due, in a sentence each. */
export const troublesOf = (due: DueWork, limits: DueLimits): ReadonlyMap<AlertKind, string> => {
  const { posts, held, checks, answers, unknown } = due
  const why = [
    ...(due.killSwitch ? ['the kill switch is on'] : []),
    ...due.heldAccounts.filter(() => !due.killSwitch).map((account) => `${account} is paused`),
  ]
  const said = [
    [ALERTS.duePosts, posts, limits.posts, `${posts.count} posts are due and not live`],
    [
      ALERTS.postingOff,
      held,
      limits.posts,
      `${held.count} posts are due and held back (${why.join(', ').slice(0, 500)})`,
    ],
    [ALERTS.dueChecks, checks, limits.checks, `${checks.count} readings are due and not done`],
    [ALERTS.dueAnswers, answers, limits.answers, `${answers.count} mentions wait for a decision`],
    [ALERTS.unknownLong, unknown, limits.unknown, `The outcome of ${unknown.count} posts is unknown`],
  ] as const
  return new Map(
    said.flatMap(([kind, { count, oldestSeconds }, limit, what]) =>
      count > 0 && oldestSeconds >= limit
        ? [[kind, `${what}, the oldest for ${minutes(oldestSeconds)}.`] as const]
        : [],
    ),
  )
}

/** Measures by age what is due and not done, tells of what is too old, and does none of it. */
export const dueWatch = ({ database, bus, backlog, dueLimits }: JobPorts): Job => {
  const say = measures()
  return {
    name: 'persister.due',
    everyMs: 10_000,
    timeoutMs: 30_000,
    async run({ signal }) {
      const due = await database.rpc('due_work', {}, { signal, deadlineMs: CALL_MS })
      say(due)
      // What was done may be among the facts that wait.
      const behind = backlog.behind()
      if (behind !== undefined) return skipped(behind)
      const troubles = troublesOf(due, dueLimits)
      const active = new Set(due.alerts)
      const begins = [...troubles].filter(([kind]) => !active.has(alertKey(kind)))
      const ends = KINDS.filter((kind) => active.has(alertKey(kind)) && !troubles.has(kind))
      await Promise.all([
        ...begins.map(([kind, what]) => bus.emit(AlertRaised, raised(kind, what), { signal })),
        ...ends.map((kind) => bus.emit(AlertCleared, cleared(kind), { signal })),
      ])
      return succeeded(
        begins.length + ends.length,
        `${begins.length} alerts about due work raised, ${ends.length} cleared`,
      )
    },
  }
}

/** A replica that does not run the job any more must not go on showing what it saw last. */
const LAPSE_MS = 60_000

const measures = (): ((due: DueWork) => void) => {
  const oldest = lapsingGauge(
    'surepost_due_oldest_seconds',
    'Age of the oldest that is due and not done.',
    ['work'],
    LAPSE_MS,
  )
  const counts = lapsingGauge('surepost_due_items', 'How much is due and not done.', ['work'], LAPSE_MS)
  const paused = lapsingGauge(
    'surepost_account_paused',
    'Accounts for which the platform wants a person.',
    ['account'],
    LAPSE_MS,
  )
  const alerts = lapsingGauge('surepost_alerts_active', 'Alerts that stand, by kind.', ['alert'], LAPSE_MS)
  const failing = lapsingGauge(
    'surepost_job_consecutive_failures',
    'Failed runs since the last success.',
    ['job', 'account'],
    LAPSE_MS,
  )
  return (due) => {
    const work = {
      posts: due.posts,
      'held posts': due.held,
      checks: due.checks,
      answers: due.answers,
      'unknown outcomes': due.unknown,
      'readings asked for': due.askedReadings,
    }
    oldest.setAll(Object.entries(work).map(([name, { oldestSeconds }]) => [{ work: name }, oldestSeconds]))
    counts.setAll(Object.entries(work).map(([name, { count }]) => [{ work: name }, count]))
    paused.setAll(due.paused.map((account) => [{ account }, 1]))
    const kinds = Map.groupBy(due.alerts, (key) => alertKindOf(key)?.name ?? 'other')
    alerts.setAll([...kinds].map(([alert, keys]) => [{ alert }, keys.length]))
    failing.setAll(due.failing.map(({ job, account, failures }) => [{ job, account }, failures]))
  }
}
