import { z } from 'zod'
import { bold, dim, green, redOut, yellow } from '../output.ts'
import { oneLine, plain } from './plain.ts'

/** What the console answers of the whole, as far as it is shown. */
export const Overview = z.looseObject({
  counts: z
    .looseObject({
      posts: z.record(z.string(), z.int()),
      segments: z.looseObject({
        live: z.int(),
        recorded: z.int(),
        measured: z.int(),
        missing: z.int(),
        conflicts: z.int(),
      }),
      /** `silent`: in flight, and nobody says what is due to be said. */
      overdue: z.looseObject({ posts: z.int(), silent: z.int().default(0), checks: z.int(), unplanned: z.int() }),
      mentions: z.int(),
    })
    .nullable(),
  queues: z.array(z.looseObject({ name: z.string(), ready: z.int(), unacked: z.int(), consumers: z.int() })).nullable(),
  pool: z
    .array(z.looseObject({ shard: z.int(), slots: z.int(), free: z.int(), active: z.int(), oldestWaitMs: z.int() }))
    .nullable(),
  troubles: z.array(z.string()),
})
export const Standing = z.looseObject({
  on: z.boolean(),
  shards: z.array(z.looseObject({ shard: z.int(), on: z.boolean(), by: z.string(), reason: z.string() })),
})
export const Active = z.looseObject({
  alerts: z.array(z.looseObject({ key: z.string(), severity: z.string(), sentence: z.string() })),
})

/** All that `status` asks for; null where it could not be read. */
export interface Whole {
  readonly overview: z.output<typeof Overview>
  readonly alerts: z.output<typeof Active>['alerts'] | null
  readonly killSwitch: z.output<typeof Standing> | null
}

/** A gap between two stages: it must be zero, or pass by itself. Null: nobody can tell at the moment. */
export interface Gap {
  readonly name: 'overdue' | 'unrecorded' | 'unmeasured'
  readonly count: number | null
  readonly wrong: boolean
}

export interface Status extends Whole {
  readonly ok: boolean
  readonly gaps: readonly Gap[]
  /** A sentence each. */
  readonly wrong: readonly string[]
}

/** As many facts as may be on their way at any moment: while somebody takes them, they are no backlog. */
const PASSING = 50

const GAPS = {
  overdue: 'posts are due and were not dispatched, or are in flight and silent',
  unrecorded: 'facts wait to be recorded: what may be live and is not in the database',
  unmeasured: 'measurements are due and were not done',
} as const

const unrecorded = ({ queues }: Whole['overview']): Gap => {
  const facts = queues?.find(({ name }) => name === 'persister.facts')
  if (facts === undefined) return { name: 'unrecorded', count: null, wrong: false }
  const count = facts.ready + facts.unacked
  return { name: 'unrecorded', count, wrong: count > 0 && (count > PASSING || facts.consumers === 0) }
}

const counted = (name: Gap['name'], count: number | undefined): Gap => ({
  name,
  count: count ?? null,
  wrong: (count ?? 0) > 0,
})

/** What of the whole is wrong; that something could not be asked is wrong as well. Pure. */
export const statusOf = (whole: Whole): Status => {
  const { overview, alerts, killSwitch } = whole
  const overdue = overview.counts?.overdue
  const gaps = [
    counted('overdue', overdue === undefined ? undefined : overdue.posts + overdue.silent),
    unrecorded(overview),
    counted('unmeasured', overdue === undefined ? undefined : overdue.checks + overdue.unplanned),
  ]
  const { missing = 0, conflicts = 0 } = overview.counts?.segments ?? {}
  const stopped = killSwitch?.shards.find(({ on }) => on)
  const wrong = [
    ...overview.troubles,
    ...gaps.flatMap(({ name, count, wrong }) => (wrong ? [`${count} ${GAPS[name]}.`] : [])),
    ...(missing > 0 ? [`${missing} segments were live and are gone from their platform: see "surepost audit".`] : []),
    ...(conflicts > 0 ? [`${conflicts} segments are claimed by two posts of their platform.`] : []),
    ...(stopped === undefined ? [] : [`The kill switch is on (${stopped.by}: ${stopped.reason}): nothing is posted.`]),
    ...(killSwitch === null ? ['Whether the kill switch is on could not be asked.'] : []),
    ...(alerts === null ? ['The alerts could not be asked.'] : []),
    ...(alerts ?? []).flatMap(({ severity, sentence }) => (severity === 'info' ? [] : [sentence])),
  ].map((sentence) => oneLine(sentence, 400))
  return { ...whole, ok: wrong.length === 0, gaps, wrong: [...new Set(wrong)] }
}

const sum = (posts: Readonly<Record<string, number>>, ...states: readonly string[]): number =>
  states.reduce((total, state) => total + (posts[state] ?? 0), 0)

const gapText = ({ name, count, wrong }: Gap): string => {
  const text = `${count ?? '?'} ${name}`
  return wrong ? redOut(`✗ ${text}`) : count === 0 ? green(`✓ ${text}`) : yellow(`· ${text}`)
}

const flow = ({ counts }: Whole['overview'], gaps: readonly Gap[]): string => {
  const figure = (count: number | undefined): string => bold(String(count ?? '?').padStart(7))
  const posts = counts?.posts
  const rows: readonly (readonly [string, number | undefined, string])[] = [
    ['waiting', posts && sum(posts, 'review', 'accepted', 'scheduled'), 'posts'],
    ['in flight', posts && sum(posts, 'queued', 'publishing', 'unknown'), 'posts'],
    ['live', counts?.segments.live, 'segments'],
    ['recorded', counts?.segments.recorded, 'segments'],
    ['measured', counts?.segments.measured, 'segments'],
  ]
  // Each gap stands where it opens: after what waits, what is live and what is recorded.
  const after: Readonly<Record<string, Gap | undefined>> = { waiting: gaps[0], live: gaps[1], recorded: gaps[2] }
  return rows
    .flatMap(([name, count, unit]) => {
      const gap = after[name]
      return [
        `  ${name.padEnd(10)}${figure(count)} ${dim(unit)}`,
        ...(gap === undefined ? [] : [`  ${' '.repeat(12)}${gapText(gap)}`]),
      ]
    })
    .join('\n')
}

export const statusText = ({ overview, gaps, wrong, ok }: Status): string => {
  const pool = (overview.pool ?? []).map(
    ({ shard, slots, active, oldestWaitMs }) =>
      `  browsers ${active} of ${slots} leased (shard ${shard})${oldestWaitMs > 0 ? `, the oldest request waits ${Math.round(oldestWaitMs / 1_000)} s` : ''}`,
  )
  const ended = sum(overview.counts?.posts ?? {}, 'failed', 'missed', 'needs_attention')
  const mentions = overview.counts?.mentions ?? 0
  const rest = [
    ...pool,
    ...(ended > 0
      ? [`  ${ended} posts failed, were missed or need a person: surepost list --state failed,missed,needs_attention`]
      : []),
    ...(mentions > 0 ? [`  ${mentions} mentions are not decided yet`] : []),
  ]
  const verdict = ok ? green('Everything is well.') : wrong.map((sentence) => redOut(`✗ ${plain(sentence)}`)).join('\n')
  return `${bold('The last seven days')}\n${flow(overview, gaps)}\n${rest.join('\n')}${rest.length > 0 ? '\n' : ''}\n${verdict}`
}
