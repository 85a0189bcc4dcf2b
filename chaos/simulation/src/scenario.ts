import {
  AccountConfig,
  type AccountId,
  type PlatformId,
  type PostContent,
  type PostId,
} from '@surepost/shared/contracts'
import type { Millis } from './agenda.ts'
import type { Random } from './random.ts'

/** Trouble of one schedule: at steps of whoever is at work, and at times of its own. */
export interface FaultPlan {
  readonly perStep: number
  readonly most: number
  readonly until: Millis
  readonly times: readonly Millis[]
}

export interface PlannedPost {
  readonly postId: PostId
  readonly account: AccountId
  readonly content: PostContent
  readonly at: Millis
  readonly scheduledAt: Millis | null
  readonly notAfter: Millis
  /** The client repeats its submission, perhaps with another content. */
  readonly again: { readonly at: Millis; readonly content: PostContent } | null
  /** A person cancels it, or edits it: then only the revision in hand is cancelled and a next one is submitted. */
  readonly revoke: { readonly at: Millis; readonly edit: PostContent | null } | null
  /** It waits for somebody's word; null: it needs none. */
  readonly review: { readonly at: Millis; readonly says: 'approve' | 'reject' } | null
  /** A person has one segment of it deleted, once it is recorded. */
  readonly deletion: { readonly at: Millis; readonly segment: number } | null
}

/** Everything that a seed decides before virtual time begins to run. */
export interface Scenario {
  readonly start: Millis
  readonly accounts: readonly AccountConfig[]
  /** Accounts whose adapter needs no browser. */
  readonly http: ReadonlySet<AccountId>
  readonly posts: readonly PlannedPost[]
  readonly posters: number
  readonly slots: number
  readonly faults: FaultPlan
  readonly duplicateRate: number
  readonly slowMessagesMs: Millis
  readonly lostAnswerRate: number
  readonly neverRate: number
  readonly lateRate: number
  readonly lagRate: number
  readonly slowPagesRate: number
  readonly refusalRate: number
  readonly rejectsDuplicates: boolean
  readonly sameHostRate: number
  /** Chance that a broker that died finds its ledger lost, or an older one in its place. */
  readonly ledgerLossRate: number
  readonly backups: readonly Millis[]
  readonly audits: readonly Millis[]
  /** What an audit has reported, and the ledger has been told, may be deleted on the platform by a person. */
  readonly deletions: boolean
  /** When a person looks for what nobody knows the outcome of, and says what is there. */
  readonly looks: readonly Millis[]
  readonly operator: readonly { readonly at: Millis; readonly does: 'pause' | 'kill_switch'; readonly forMs: Millis }[]
}

const MINUTE = 60_000
export const START: Millis = Date.UTC(2026, 0, 1)

/** UUIDs of version 5, as from an Idempotency-Key, or 7, which say their time. */
const postIdOf = (random: Random, n: number, at: Millis): PostId => {
  const tail = `000${n}-8000-00000000000${n}`
  if (random.chance(0.5)) return `00000000-0000-5${tail.slice(0, 3)}-8000-00000000000${n}` as PostId
  const time = at.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${tail.slice(0, 3)}-8000-00000000000${n}` as PostId
}

/** Of images alone: the model has the texts only, and one of nothing is like every other. */
const WORDLESS_RATE = 0.12

const contentOf = (random: Random, name: string, wordless: boolean): PostContent => {
  const kind = random.next()
  const count = kind < 0.6 ? 1 : kind < 0.85 ? 2 : 3
  const textOf = (i: number): string =>
    wordless && random.chance(WORDLESS_RATE) ? '' : `${name}${count > 1 ? `.${i}` : ''}`
  const segments = Array.from({ length: count }, (_, i) => ({ text: textOf(i), media: [] }))
  const replyTo = random.chance(0.12)
    ? { platformId: `18000000000000000${random.between(10, 99)}` as PlatformId }
    : undefined
  return { segments, ...(replyTo === undefined ? {} : { replyTo }) }
}

const accountOf = (random: Random, n: number): AccountConfig => {
  const tight = random.chance(0.2)
  const budget = { perHour: tight ? 3 : 20, perDay: tight ? 12 : 100, minGapSeconds: random.pick([0, 5, 60]) }
  return AccountConfig.parse({ id: `a${n}`, platform: 'x', handle: `a${n}`, budgets: { post: budget, reply: budget } })
}

/**
 * With a ledger that may be lost, neither equal texts of two posts (nor two without a text) nor two contents under one key
 * are tried: what told them apart is lost with it, and the platform cannot say (docs/GUARANTEES.md, limits).
 */
const postOf = (
  random: Random,
  n: number,
  account: AccountId,
  twin: PlannedPost | undefined,
  lossy: boolean,
): PlannedPost => {
  const at = START + random.between(0, 10 * MINUTE)
  const scheduledAt = random.chance(0.3) ? at + random.between(MINUTE, 40 * MINUTE) : null
  const name = `P${n}`
  const written = (by: string): PostContent => contentOf(random, by, !lossy)
  const content = twin !== undefined && !lossy && random.chance(0.15) ? twin.content : written(name)
  const otherContent = (): PostContent => (!lossy && random.chance(0.6) ? written(`${name}'`) : content)
  return {
    postId: postIdOf(random, n, at),
    account,
    content,
    at,
    scheduledAt,
    notAfter: (scheduledAt ?? at) + random.between(20 * MINUTE, 180 * MINUTE),
    again: random.chance(0.12) ? { at: at + random.tail(20_000, 30 * MINUTE), content: otherContent() } : null,
    revoke: random.chance(0.15)
      ? { at: at + random.tail(30_000, 60 * MINUTE), edit: random.chance(0.4) ? written(`${name}"`) : null }
      : null,
    review: random.chance(0.12)
      ? { at: at + random.tail(20_000, 15 * MINUTE), says: random.chance(0.8) ? 'approve' : 'reject' }
      : null,
    deletion: random.chance(0.12)
      ? {
          at: (scheduledAt ?? at) + random.tail(30_000, 20 * MINUTE),
          segment: random.below(content.segments.length),
        }
      : null,
  }
}

const several = (random: Random, most: number, rate: number, within: Millis): readonly Millis[] =>
  random.chance(rate) ? Array.from({ length: random.between(1, most) }, () => START + random.between(0, within)) : []

export const scenarioOf = (random: Random): Scenario => {
  const accounts = Array.from({ length: random.chance(0.7) ? 1 : 2 }, (_, i) => accountOf(random, i))
  const ids = accounts.map((a) => a.id)
  const ledgerLossRate = random.pick([0, 0, 0, 0.5])
  const posts: PlannedPost[] = []
  const count = random.pick([1, 1, 1, 2, 2, 3])
  for (let n = 1; n <= count; n++) posts.push(postOf(random, n, random.pick(ids), posts.at(-1), ledgerLossRate > 0))
  const hour = 60 * MINUTE
  const calm = random.chance(0.1)
  return {
    start: START,
    accounts,
    http: new Set(ids.filter(() => random.chance(0.3))),
    posts,
    posters: random.chance(0.6) ? 2 : 1,
    slots: random.between(2, 4),
    faults: {
      perStep: calm ? 0 : random.pick([0.005, 0.02, 0.05]),
      most: calm ? 0 : random.between(1, 8),
      until: START + random.between(20 * MINUTE, 90 * MINUTE),
      times: several(random, 3, 0.4, 40 * MINUTE),
    },
    duplicateRate: random.pick([0, 0.01, 0.1]),
    slowMessagesMs: random.pick([200, 5_000, 120_000]),
    lostAnswerRate: random.pick([0, 0.1, 0.5]),
    neverRate: random.pick([0, 0.05, 0.3]),
    lateRate: random.pick([0, 0.2, 0.6]),
    lagRate: random.pick([0, 0.2, 0.6]),
    slowPagesRate: random.pick([0, 0, 0.3, 0.7]),
    refusalRate: random.pick([0, 0, 0.1]),
    rejectsDuplicates: random.chance(0.3),
    sameHostRate: random.pick([1, 0.5]),
    ledgerLossRate,
    backups: several(random, 1, 0.3, hour),
    audits: several(random, 8, 0.5, 40 * MINUTE),
    deletions: random.chance(0.4),
    looks: several(random, 6, 0.4, 2 * hour),
    operator: several(random, 1, 0.15, 30 * MINUTE).map((at) => ({
      at,
      does: random.pick(['pause', 'kill_switch'] as const),
      forMs: random.between(MINUTE, 30 * MINUTE),
    })),
  }
}
