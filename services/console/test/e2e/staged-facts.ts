import {
  AccountId,
  type Metrics,
  type PostContent,
  type PostId,
  PlatformId,
  checkId,
  newId,
  newPostId,
  submit,
} from '@surepost/shared/contracts'
import type { PlannedCheck } from '@surepost/shared/database'

/** A fact as the persister applies it; `checks`: those that are planned for the segment that it says is live. */
export interface StagedFact {
  readonly id: string
  readonly type: string
  readonly body: object
  readonly checks?: readonly PlannedCheck[]
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const LEDGER = newId()
let sequence = 0
const mark = () => ({ id: LEDGER, seq: ++sequence })
const fact = (type: string, at: Date, body: object): StagedFact => ({
  id: newId(),
  type,
  body: { at: at.toISOString(), ...body },
})
const after = (at: Date, ms: number): Date => new Date(at.getTime() + ms)

const TEXTS = [
  'A queue that forgets nothing is a promise you can build on. Notes from a week of pulling cables on purpose:',
  'The cheapest retry is the one you never send: ask what happened before you do it again.',
  'We measured how long a post takes from due to live, and where the time goes. Charts inside.',
  'Deleting code is a feature. Today’s release is 400 lines shorter and does more.',
  'Reading the other side’s error messages aloud is an underrated debugging technique.',
  'What “exactly once” can mean when the other side has no idempotency key, in one page.',
]

const submitted = (at: Date, account: string, content: PostContent, more: object = {}) => {
  const base = { postId: newPostId(), platform: 'x', client: 'key-e2e', approval: 'auto', scheduledAt: null } as const
  const made = submit({ ...base, account: AccountId.parse(account), content, ...more }, at)
  const { body, id } = made.submitted
  return { postId: body.postId, hash: body.hash, fact: { id, type: 'post.submitted', body } }
}

const text = (...texts: readonly string[]): PostContent => ({
  segments: texts.map((one) => ({ text: one, media: [] })),
})

const planned = (postId: PostId, segment: number, live: Date, seconds: number): PlannedCheck => ({
  id: checkId(postId, segment, seconds),
  postId,
  segment,
  afterSeconds: seconds,
  dueAt: after(live, seconds * 1_000).toISOString(),
  deadline: after(live, seconds * 2_000).toISOString(),
})

const AGES = [900, 3_600, 7_200, 21_600, 43_200]

/** How a post grows: quickly at first, as they do. */
const grown = (seconds: number, appeal: number): Metrics => {
  const share = 1 - Math.exp(-seconds / 14_000)
  const of = (most: number): number => Math.round(most * appeal * share)
  return { views: of(5_200), likes: of(190), reposts: of(41), replies: of(17), quotes: null, bookmarks: of(22) }
}

let platformIds = 1_990_000_000_000_000_000n

const live = (postId: PostId, account: string, segment: number, at: Date, now: Date): StagedFact[] => {
  const platformId = PlatformId.parse(String(++platformIds))
  const url = `https://x.com/${account}/status/${platformId}`
  const action = { postId, revision: 1, segment, account, attempt: 1, ledger: mark() }
  const seen = AGES.filter((seconds) => after(at, seconds * 1_000) < now)
  return [
    fact('post.segment_begun', after(at, -3_000), action),
    {
      ...fact('post.segment_published', at, {
        postId,
        revision: 1,
        segment,
        account,
        platform: 'x',
        platformId,
        url,
        publishedAt: after(at, -400).toISOString(),
        source: 'response',
        ledger: mark(),
      }),
      checks: [...AGES, 86_400].map((seconds) => planned(postId, segment, at, seconds)),
    },
    ...seen.map((seconds) =>
      fact('metrics.collected', after(at, seconds * 1_000 + 4_000), {
        postId,
        checkId: checkId(postId, segment, seconds),
        segment,
        platformId,
        suspect: null,
        metrics: grown(seconds, 0.5 + ((Number(platformIds) * 7) % 10) / 10 / (segment + 1)),
      }),
    ),
  ]
}

/** A day of posts that went live and were measured, the last a thread of three. */
export const publishedDay = (now: Date): { readonly facts: StagedFact[]; readonly thread: PostId } => {
  const posts = Array.from({ length: 18 }, (_, n) => {
    const at = after(now, -23 * HOUR + n * 72 * MINUTE)
    const account = n % 3 === 0 ? 'grace' : 'ada'
    const content = n === 12 ? text(...TEXTS.slice(0, 3)) : text(`${TEXTS[n % TEXTS.length]} (${n + 1})`)
    const { postId, fact: first } = submitted(at, account, content)
    const deadline = after(at, 5 * MINUTE).toISOString()
    const segments = content.segments.flatMap((_segment, segment) =>
      live(postId, account, segment, after(at, (7 + (n % 5) * 4 + segment * 9) * 1_000), now),
    )
    const sent = fact('post.dispatched', after(at, 40), { postId, revision: 1, deadline })
    return { postId, facts: [first, sent, ...segments] }
  })
  return { facts: posts.flatMap(({ facts }) => facts), thread: posts[12]?.postId ?? newPostId() }
}

const MENTION = PlatformId.parse('1990000000000900001')

/** A mention and the answer that was drafted to it, in review. */
export const answer = (now: Date): { readonly facts: StagedFact[]; readonly postId: PostId } => {
  const at = after(now, -14 * MINUTE)
  const content: PostContent = {
    ...text('Thanks for asking! It asks the platform first, and only then decides whether to try again.'),
    replyTo: { platformId: MENTION, author: 'margaret' },
  }
  const { postId, fact: first } = submitted(at, 'ada', content, { approval: 'review' })
  const turn = (n: number, author: string, said: string) => ({
    platformId: PlatformId.parse(`199000000000080000${n}`),
    author,
    text: said,
  })
  const mention = {
    platformId: MENTION,
    author: 'margaret',
    text: '@ada_writes what does it do when a click times out? Does it just post again?',
    inReplyTo: null,
    createdAt: after(at, -2 * MINUTE).toISOString(),
    url: `https://x.com/margaret/status/${MENTION}`,
    conversation: [
      turn(1, 'ada_writes', 'The cheapest retry is the one you never send.'),
      turn(2, 'karen', 'Easy to say. Timeouts happen.'),
    ],
  }
  const decided = {
    account: 'ada',
    mention: MENTION,
    decision: 'answered',
    postId,
    drafter: 'a model of yours',
    reason:
      'margaret wrote to @ada_writes first, asks a question that the account can answer, and was not answered yet.',
  }
  return {
    postId,
    facts: [
      fact('mention.harvested', after(at, -MINUTE), { account: 'ada', mention }),
      first,
      fact('mention.decided', at, decided),
    ],
  }
}

/** Posts in the other states: in review, scheduled, failed, cancelled, and one that needs a person. */
export const mixedPosts = (now: Date): { readonly facts: StagedFact[]; readonly unknown: PostId } => {
  const at = (minutes: number): Date => after(now, -minutes * MINUTE)
  const review = submitted(at(9), 'lin', text('Numbers first, opinions second: our figures for November.'), {
    approval: 'review',
  })
  const later = submitted(at(30), 'ada', text('A talk on settling what nobody saw, tomorrow at noon.'), {
    scheduledAt: after(now, 19 * HOUR),
  })
  const failed = submitted(at(200), 'grace', text('This one was refused.'))
  const cancelled = submitted(at(340), 'ada', text('Not today after all.'))
  const unknown = submitted(at(50), 'lin', text('Did this one go out?'))
  const of = { postId: unknown.postId, revision: 1, segment: 0 }
  const action = { ...of, account: 'lin', attempt: 1 }
  const reason = 'The page closed after the click, and the timeline could not be read until the deadline.'
  return {
    unknown: unknown.postId,
    facts: [
      ...[review, later, failed, cancelled, unknown].map(({ fact: first }) => first),
      fact('post.failed', at(199), {
        postId: failed.postId,
        revision: 1,
        segment: null,
        code: 'refused',
        reason: 'The platform refused it: this text breaks its rules.',
      }),
      fact('post.cancelled', at(339), {
        postId: cancelled.postId,
        by: 'key-e2e',
        reason: 'cancelled by its operator',
        ledger: mark(),
      }),
      fact('post.segment_begun', at(49), { ...action, ledger: mark() }),
      fact('post.segment_unknown', at(48), { ...action, ledger: mark(), reason: 'No answer was seen in time.' }),
      fact('post.needs_attention', at(12), { ...of, reason }),
    ],
  }
}

const ran = (job: string, at: Date, ms: number, more: object = {}): StagedFact =>
  fact('job.ran', at, {
    job,
    account: null,
    startedAt: after(at, -ms).toISOString(),
    outcome: 'succeeded',
    category: null,
    detail: null,
    ...more,
  })

/** Runs of jobs: most well, one skipped, one that fails again and again. */
export const jobs = (now: Date): StagedFact[] => {
  const at = (seconds: number): Date => after(now, -seconds * 1_000)
  const failure = {
    account: 'grace',
    outcome: 'failed',
    category: 'session',
    detail: 'The session of grace needs a person: X asks for a sign-in.',
  }
  const soon = { nextDueAt: at(-25).toISOString() }
  return [
    ran('persister.dispatch', at(4), 21, soon),
    ran('persister.checks', at(9), 48, soon),
    ran('persister.plan', at(6), 12, soon),
    ran('persister.housekeeping', at(1_900), 340, soon),
    ran('persister.harvest', at(31), 18, soon),
    ran('mentions.harvest', at(140), 6_400, { account: 'ada' }),
    ran('account.audit', at(1_200), 11_800, {
      account: 'ada',
      outcome: 'skipped',
      category: 'pressure',
      detail: 'The pool is busy.',
    }),
    ran('replier.draft', at(840), 2_300, { account: 'ada' }),
    ...[900, 600, 300, 20].map((seconds) => ran('mentions.harvest', at(seconds), 4_100, failure)),
  ]
}

/** Alerts: one that stands, an open breaker, and one that is over. */
export const alerts = (now: Date): StagedFact[] => {
  const at = (minutes: number): Date => after(now, -minutes * MINUTE)
  return [
    fact('alert.raised', at(12), {
      key: 'account.paused.grace',
      severity: 'critical',
      sentence: 'Account grace is paused: X asks for a sign-in. Look at the account, give a new session and resume it.',
      runbook: 'docs/RUNBOOK.md#account-paused',
    }),
    fact('alert.raised', at(6), {
      key: 'breaker.x/grace',
      severity: 'warning',
      sentence: 'x/grace failed again and again: its pages do not work. Work for it waits, and it is probed by itself.',
    }),
    fact('alert.raised', at(190), {
      key: 'database:away',
      severity: 'critical',
      sentence: 'Facts could not be recorded for 10 s. Nothing is lost: they wait in their queue.',
    }),
    fact('alert.cleared', at(187), { key: 'database:away' }),
    fact('alert.raised', at(400), {
      key: 'breaker.x',
      severity: 'critical',
      sentence: 'x failed again and again. Work for it waits, and it is probed by itself.',
    }),
    fact('alert.cleared', at(391), { key: 'breaker.x' }),
    fact('breaker.changed', at(6), {
      service: 'poster',
      breaker: 'x/grace',
      state: 'open',
      probeAt: after(now, 40_000).toISOString(),
    }),
    fact('breaker.changed', at(391), { service: 'poster', breaker: 'x', state: 'closed', probeAt: null }),
  ]
}
