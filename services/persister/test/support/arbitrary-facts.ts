import * as fc from 'fast-check'
import {
  AccountId,
  FACTS,
  Hash,
  PlatformId,
  PostId,
  type FactContract,
  type PostFact,
} from '@surepost/shared/contracts'
import type { AppliedFact } from '@surepost/shared/database'

/**
 * Facts about a few posts, one account and one of everything else, close together in time and with few values, so that
 * ties, contradictions and repeats are common. All ids begin with the run's number: two runs of the same facts share no
 * row, and compare equal once the number is taken away.
 */
export const RUN = '00000000'
const FACT_TYPES = FACTS.filter((fact) => fact.recorded).map((fact) => fact.type)

const uuid = (kind: number, n: number): string => `${RUN}-000${kind}-7000-8000-${String(n).padStart(12, '0')}`
export const postIdOf = (n: number): PostId => PostId.parse(uuid(1, n))
const account = AccountId.parse(`ada-${RUN}`)
const hashOf = (n: number) => Hash.parse(String(n).repeat(64))
const at = (n: number): string => new Date(Date.UTC(2026, 10, 23, 12, 0, n)).toISOString()
const ledger = { id: uuid(2, 1), seq: 1 }
const platformIdOf = (n: number) => PlatformId.parse(`123456789012345${n}`)
const metrics = { replies: 0, reposts: null, quotes: 0, likes: 1, bookmarks: null, views: 10 }

/** What differs between facts; each type takes what it needs. */
interface Draw {
  readonly post: number
  readonly at: number
  readonly revision: number
  readonly segment: number
  readonly segments: number
  readonly n: number
  readonly yes: boolean
}

const bodies: { readonly [type: string]: (draw: Draw) => object } = {
  'post.submitted': (d) => ({
    ...rev(d),
    account,
    platform: 'x',
    hash: hashOf(d.revision),
    content: { segments: Array.from({ length: d.segments }, (_, i) => ({ text: `${i} of ${d.revision}`, media: [] })) },
    client: 'test',
    approval: d.yes ? 'auto' : 'review',
    scheduledAt: d.n === 0 ? null : at(60),
    notAfter: at(100),
  }),
  'post.approved': (d) => ({ ...rev(d), hash: hashOf(d.yes ? d.revision : 3), by: 'eve' }),
  'post.dispatched': (d) => ({ ...rev(d), deadline: at(20 + d.n) }),
  'post.segment_begun': (d) => action(d),
  'post.segment_unknown': (d) => ({ ...action(d), reason: `unknown ${d.n}` }),
  'post.segment_aborted': (d) => ({ ...action(d), reason: `aborted ${d.n}` }),
  'post.segment_published': (d) => ({
    ...rev(d),
    segment: d.segment,
    account,
    platform: 'x',
    platformId: platformIdOf(d.n),
    url: `https://x.com/ada/status/${d.n}`,
    publishedAt: at(d.at),
    source: d.yes ? 'response' : 'audit',
    ledger: null,
  }),
  'post.segment_deleting': (d) => ({ ...part(d), account, platformId: platformIdOf(d.n), by: `person ${d.n}` }),
  'post.segment_deleted': (d) => ({ ...part(d), account, platformId: platformIdOf(d.n) }),
  'post.segment_missing': (d) => ({ ...part(d), account, platformId: platformIdOf(d.n) }),
  'post.segment_corrected': (d) => ({
    ...part(d),
    account,
    wrong: platformIdOf((d.n + 1) % 3),
    platformId: platformIdOf(d.yes ? d.n + 3 : d.n),
    url: `https://x.com/ada/status/${d.yes ? d.n + 3 : d.n}`,
    publishedAt: at(d.at + 1),
  }),
  'post.segment_doubted': (d) => ({ ...part(d), account, platformId: platformIdOf(d.n), reason: `doubted ${d.n}` }),
  'post.cancelled': (d) => ({ ...of(d), by: `person ${d.n}`, reason: `cancelled ${d.n}`, ledger: null }),
  'post.failed': (d) => ({ ...end(d), segment: d.yes ? d.segment : null, code: `code_${d.n}`, reason: 'failed' }),
  'post.missed': (d) => ({ ...end(d), reason: `missed ${d.n}` }),
  'post.needs_attention': (d) => ({ ...end(d), segment: d.yes ? d.segment : null, reason: `look ${d.n}` }),
  'metrics.collected': (d) => ({
    ...check(d),
    platformId: platformIdOf(d.n),
    metrics: { ...metrics, likes: d.n },
    suspect: d.yes ? null : `odd ${d.n}`,
  }),
  'metrics.check_failed': (d) => ({ ...check(d), reason: `failed ${d.n}` }),
  'metrics.check_missed': (d) => ({ ...check(d), reason: `missed ${d.n}` }),
  'mention.harvested': (d) => ({
    at: at(d.at),
    account,
    mention: {
      platformId: platformIdOf(d.post),
      author: 'bob',
      text: `hi ${d.n}`,
      inReplyTo: null,
      createdAt: at(d.at),
      url: 'https://x.com/bob',
    },
  }),
  'mention.decided': (d) => ({
    at: at(d.at),
    account,
    mention: platformIdOf(d.post),
    decision: d.yes ? 'answered' : 'skipped',
    reason: `because ${d.n}`,
    postId: d.yes ? postIdOf(d.post) : null,
    drafter: null,
  }),
  'mention.deferred': (d) => ({
    at: at(d.at),
    account,
    mention: platformIdOf(d.post),
    ask: d.n,
    category: d.yes ? 'rate' : 'server',
    reason: `not now ${d.n}`,
    until: at(d.at + d.n),
  }),
  'mention.opted_out': (d) => ({
    at: at(d.at),
    account,
    mention: platformIdOf(d.n),
    platform: 'x',
    person: `bob ${RUN} ${d.post}`,
  }),
  'mention.draft_requested': (d) => request(d),
  'mention.draft_spent': (d) => request(d),
  'account.configured': (d) => ({
    at: at(d.at),
    config: { id: account, platform: 'x', handle: `ada${d.n}`, budgets: {}, checks: [d.n + 1] },
  }),
  'account.paused': (d) => ({ at: at(d.at), account, reason: `paused ${d.n}`, until: d.yes ? at(30) : null }),
  'account.resumed': (d) => ({ at: at(d.at), account, by: 'eve' }),
  'account.audited': (d) => ({
    at: at(d.at),
    auditId: uuid(4, d.post),
    account,
    since: at(0),
    outcome: d.yes ? 'clean' : 'invalid',
    reason: d.yes ? null : `unreadable ${d.n}`,
    seen: d.n,
    recorded: d.segments,
    recovered: [],
    missing: [],
    wrongIds: [],
    duplicates: [],
    foreign: [],
  }),
  'account.label_seen': (d) => ({ at: at(d.at), account, automatedBy: d.yes ? `eve${d.n}` : null }),
  'ledger.opt_outs_wanted': (d) => ({ at: at(d.at), shard: `${RUN}${d.post}`, ledgerId: uuid(4, d.n) }),
  'job.ran': (d) => ({
    at: at(d.at),
    job: `job ${RUN} ${d.post}`,
    account: null,
    startedAt: at(d.at - 1),
    outcome: ['succeeded', 'failed', 'skipped'][d.n] ?? 'succeeded',
    category: d.yes ? null : 'timeout',
    detail: null,
  }),
  'breaker.changed': (d) => ({
    at: at(d.at),
    service: `service ${d.segment}`,
    breaker: `x/ada-${RUN}`,
    state: ['closed', 'half-open', 'open'][d.n] ?? 'closed',
    probeAt: d.yes ? at(d.at + 10) : null,
  }),
  'alert.raised': (d) => ({
    at: at(d.at),
    key: `key ${RUN} ${d.post}`,
    severity: 'warning',
    sentence: `look at ${d.n}`,
  }),
  'alert.cleared': (d) => ({ at: at(d.at), key: `key ${RUN} ${d.post}` }),
}

const of = (d: Draw) => ({ at: at(d.at), postId: postIdOf(d.post) })
/** An end of a revision, which those of the first need not name. */
const end = (d: Draw) => (d.yes && d.revision === 1 ? of(d) : rev(d))
const rev = (d: Draw) => ({ ...of(d), revision: d.revision })
const part = (d: Draw) => ({ ...of(d), segment: d.segment })
const action = (d: Draw) => ({ ...rev(d), segment: d.segment, account, attempt: d.n + 1, ledger })
const request = (d: Draw) => ({
  at: at(d.at),
  account,
  mention: platformIdOf(d.post),
  request: uuid(4, d.post),
  model: `model ${d.n}`,
  tokens: d.n,
  costMicros: d.n,
})
const check = (d: Draw) => ({ ...part(d), checkId: uuid(3, d.post * 10 + d.segment) })

const draw: fc.Arbitrary<Draw> = fc.record({
  post: fc.integer({ min: 1, max: 2 }),
  at: fc.integer({ min: 1, max: 6 }),
  revision: fc.integer({ min: 1, max: 2 }),
  segment: fc.integer({ min: 0, max: 2 }),
  segments: fc.integer({ min: 1, max: 3 }),
  n: fc.integer({ min: 0, max: 2 }),
  yes: fc.boolean(),
})

// Posts need a submission to have a state, and publications to become live: they are drawn more often than the rest.
const type = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('post.submitted', 'post.segment_published', 'post.segment_deleted') },
  { weight: 1, arbitrary: fc.constantFrom('post.segment_corrected', 'metrics.collected') },
  { weight: 3, arbitrary: fc.constantFrom(...FACT_TYPES) },
)

/** Up to 40 facts with ids of their own; sometimes two with one id, said at different times. */
export const arbitraryFacts: fc.Arbitrary<readonly AppliedFact[]> = fc
  .array(fc.tuple(type, draw, fc.integer({ min: 1, max: 60 })), { minLength: 1, maxLength: 40, size: 'max' })
  .map((drawn) => {
    const seen = new Set<string>()
    return drawn.flatMap(([name, values, id]) => {
      const body = bodies[name]?.(values)
      if (body === undefined) throw new Error(`no generator for ${name}`)
      const key = `${id} ${values.at}`
      if (seen.has(key)) return []
      seen.add(key)
      return [{ id: uuid(0, id), type: name, body }]
    })
  })

/** The same facts with the number of another run. */
export const inRun = <T>(run: number, value: T): T =>
  JSON.parse(JSON.stringify(value).replaceAll(RUN, String(run).padStart(8, '0'))) as T
export const outOfRun = <T>(run: number, value: T): T =>
  JSON.parse(JSON.stringify(value).replaceAll(String(run).padStart(8, '0'), RUN)) as T

/** The facts of one post, as the contracts' `postState` takes them. */
export const factsOfPost = (facts: readonly AppliedFact[], postId: string): readonly PostFact[] =>
  facts.filter((fact): fact is PostFact => {
    const contract: FactContract | undefined = FACTS.find(({ type }) => type === fact.type)
    return contract?.type.startsWith('post.') === true && (fact.body as { postId: string }).postId === postId
  })
