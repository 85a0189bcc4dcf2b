import { match, type Matched } from './match.ts'
import { judgeUnwanted, judgeWanted, rowsOf, type Rows } from './segment.ts'
import type { Ending, Evidence, LedgerPost, Trouble, Verdict, Wrong } from './types.ts'

type Fate = 'wanted' | 'cancelled' | 'refused'

const CANCELLABLE: readonly Ending[] = ['live_or_cancelled', 'cancelled']
/** Nothing of these may ever be live. */
const NEVER_LIVE: Readonly<Partial<Record<Ending, string>>> = {
  refused: 'had to be refused',
  cancelled: 'was cancelled, as the API said',
}

/** What a post came to, as far as it decides how its segments are judged. */
const fateOf = ({ post }: Matched, rows: Rows): Fate => {
  const state = rows.post(post.postId)?.state
  if (post.ending === 'refused' && state === 'failed') return 'refused'
  if (CANCELLABLE.includes(post.ending) && state === 'cancelled') return 'cancelled'
  return 'wanted'
}

const repeat = (found: LedgerPost, matched: readonly Matched[]): Trouble => {
  const of = matched.find(({ live }) => live.some((one) => one?.handle === found.handle && one.text === found.text))
  const whose = of === undefined ? 'nobody asked for it' : `post ${of.post.n} says the same`
  const gone = found.deletedAt === null ? '' : ' (deleted since)'
  return {
    wrong: 'duplicates',
    n: of?.post.n ?? null,
    postId: of?.post.postId ?? null,
    sentence: `${found.id} of ${found.handle} is one too many${gone}: ${whose} (${JSON.stringify(found.text.slice(0, 80))}).`,
  }
}

const liveAllTheSame = ({ post, live }: Matched, fate: Fate): readonly Trouble[] => {
  const why = NEVER_LIVE[post.ending]
  if (why === undefined || fate !== 'wanted' || live.every((found) => found === undefined)) return []
  return [{ wrong: 'unwanted', n: post.n, postId: post.postId, sentence: `Post ${post.n} ${why}, and is live.` }]
}

const COUNTED: readonly Wrong[] = [
  'duplicates',
  'lost',
  'unrecorded',
  'wrongIds',
  'outOfOrder',
  'unmeasured',
  'ended',
  'unwanted',
]

const count = (of: readonly Matched[]): number => of.reduce((sum, { post }) => sum + post.segments.length, 0)

/**
 * Compare what was asked with what the site holds and what the database says. Nothing else counts: no log, no answer of
 * an API. A segment is `live` when the site has it with its text, its images and its account; whatever our accounts have
 * on the site beyond that is a duplicate.
 */
export const judge = (evidence: Evidence): Verdict => {
  const rows = rowsOf(evidence)
  const { matched, extra } = match(evidence)
  const fates = matched.map((one) => ({ one, fate: fateOf(one, rows) }))
  const segmentsWith = (wanted: Fate): readonly Matched[] =>
    fates.flatMap(({ one, fate }) => (fate === wanted ? one : []))
  const troubles = [
    ...fates.flatMap(({ one, fate }) => [
      ...one.post.segments.flatMap((_, index) =>
        fate === 'wanted' ? judgeWanted(one, index, rows, evidence.checksPerSegment) : judgeUnwanted(one, index, rows),
      ),
      ...liveAllTheSame(one, fate),
    ]),
    ...extra.map((found) => repeat(found, matched)),
  ]
  return {
    posts: evidence.expected.length,
    segments: count(matched),
    live: matched.reduce((sum, { live }) => sum + live.filter((found) => found !== undefined).length, 0),
    cancelled: count(segmentsWith('cancelled')),
    refused: count(segmentsWith('refused')),
    checksMissed: evidence.records.checks.filter(({ state }) => state === 'missed').length,
    counts: Object.fromEntries(
      COUNTED.map((wrong) => [wrong, troubles.filter((one) => one.wrong === wrong).length]),
    ) as Record<Wrong, number>,
    troubles,
  }
}

/** Nothing is wrong, and every segment that was asked for is accounted for. */
export const isWhole = ({ live, cancelled, refused, segments, troubles }: Verdict): boolean =>
  troubles.length === 0 && live + cancelled + refused === segments
