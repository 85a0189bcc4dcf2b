import { z } from 'zod'
import { AccountConfig } from './accounts.ts'
import { AuditAccount } from './audits.ts'
import { defineCommand } from './define.ts'
import { Person, PostSubmitted } from './facts.ts'
import { AccountId, Instant, PlatformId, PlatformName, PostId } from './ids.ts'
import { Mention } from './mentions.ts'
import { Metrics } from './metrics.ts'
import { ApprovedPost } from './posts.ts'
import { NO_CONTEXT, ReplyContext, ReplyRules } from './replies.ts'

export const PublishPost = defineCommand({
  type: 'post.publish',
  version: 1,
  queue: 'poster.publish',
  sharded: true,
  body: ApprovedPost,
  retry: { rungs: ['5s', '30s', '2min', '10min'] },
})

export const DeleteSegment = defineCommand({
  type: 'post.delete',
  version: 1,
  queue: 'poster.delete',
  sharded: true,
  body: z.strictObject({
    postId: PostId,
    segment: z.int().min(0),
    account: AccountId,
    platform: PlatformName,
    platformId: PlatformId,
    /** The person who confirmed this one deletion: nothing is ever deleted without one. */
    by: z.string().min(1).max(200),
  }),
  retry: { rungs: ['5s', '30s', '2min', '10min'] },
})

/** One due reading of one live segment. */
export const DueCheck = z.strictObject({
  checkId: z.uuid(),
  postId: PostId,
  segment: z.int().min(0),
  platformId: PlatformId,
  deadline: Instant,
  /** The text that was published: a page that shows another is not this segment's. */
  text: z.string().max(25_000).optional(),
  /** The figures that are believed so far: none of them may fall. */
  last: Metrics.nullable().optional(),
  /** What the latest reading of this check showed, when that was not believed. */
  doubted: Metrics.nullable().optional(),
})
export type DueCheck = z.infer<typeof DueCheck>

/** Due readings of one account, read in one lease. */
export const CollectMetrics = defineCommand({
  type: 'metrics.collect',
  version: 1,
  queue: 'scraper.metrics',
  body: z.strictObject({
    account: AccountId,
    platform: PlatformName,
    handle: z.string().min(1).max(64),
    checks: z.array(DueCheck).min(1).max(20),
  }),
  retry: { rungs: ['5s', '30s', '2min'] },
})

export const HarvestMentions = defineCommand({
  type: 'mentions.harvest',
  version: 1,
  queue: 'scraper.mentions',
  body: z.strictObject({
    account: AccountId,
    platform: PlatformName,
    handle: z.string().min(1).max(64),
    /** The newest mention that is recorded: reading stops there. */
    since: PlatformId.nullable(),
    /** Look for the label of an automated account on its profile as well. */
    readLabel: z.boolean().default(false),
  }),
  retry: { rungs: ['5s', '30s'] },
})

/** Version 1 had no rules and no context: whatever is left of it is handed back and asked for again. */
const withContext = (previous: unknown): unknown => {
  if (typeof previous !== 'object' || previous === null) return previous
  const { authorIsOurs: _, ...rest } = previous as Record<string, unknown>
  return { ...rest, rules: {}, context: NO_CONTEXT }
}

export const DraftReply = defineCommand({
  type: 'reply.draft',
  version: 2,
  queue: 'replier.draft',
  body: z.strictObject({
    account: AccountId,
    platform: PlatformName,
    handle: z.string().min(1).max(64),
    approval: z.enum(['review', 'auto']),
    voice: z.string().max(2_000),
    rules: ReplyRules,
    mention: Mention,
    context: ReplyContext,
  }),
  retry: { rungs: ['5s', '30s', '2min', '10min'] },
  upgrade: withContext,
})

// What follows goes to the broker's control queue, in order, so that a starting broker can drain it before it grants.
const control = { version: 1, queue: 'broker.control', sharded: true, retry: { rungs: ['1s', '5s', '30s'] } } as const

export const ConfigureAccount = defineCommand({
  ...control,
  type: 'account.configure',
  body: z.strictObject({ config: AccountConfig }),
})
export const PauseAccount = defineCommand({
  ...control,
  type: 'account.pause',
  body: z.strictObject({ account: AccountId, reason: z.string().min(1).max(500), until: Instant.nullable() }),
})
export const ResumeAccount = defineCommand({
  ...control,
  type: 'account.resume',
  body: z.strictObject({ account: AccountId, by: z.string().min(1).max(200) }),
})
/** Forget its session, and begin nothing on it ever again; its history is kept. Adding it anew brings it back. */
export const RemoveAccount = defineCommand({
  ...control,
  type: 'account.remove',
  body: z.strictObject({ account: AccountId, by: z.string().min(1).max(200) }),
})
export const CancelPost = defineCommand({
  ...control,
  type: 'post.cancel',
  body: z.strictObject({
    postId: PostId,
    account: AccountId,
    by: z.string().min(1).max(200),
    reason: z.string().min(1).max(500),
    /** When it was accepted: a ledger born later cannot say "cancelled" before the platform was asked. */
    acceptedAt: Instant.optional(),
  }),
})
/** The ledger's answer to `post.cancel`: never "perhaps". */
export const CancelAnswer = z.strictObject({ result: z.enum(['cancelled', 'too_late']) })
export type CancelAnswer = z.infer<typeof CancelAnswer>

/**
 * An edit: call the revision before it off and, only if nothing of that was begun, say the next one (`post.submitted`).
 * Both are one transaction of the ledger, so that no post stands between two revisions.
 */
export const RevisePost = defineCommand({
  ...control,
  type: 'post.revise',
  body: z.strictObject({
    /** The next revision, complete; it waits for an approval of its own. */
    next: PostSubmitted.body,
    by: z.string().min(1).max(200),
    /** When the post was accepted: a ledger born later cannot say that nothing of it was begun. */
    acceptedAt: Instant.optional(),
  }),
})
/** `conflict`: another edit of the same revision was first, or the post was cancelled. */
export const ReviseAnswer = z.strictObject({ result: z.enum(['revised', 'too_late', 'conflict']) })
export type ReviseAnswer = z.infer<typeof ReviseAnswer>

/**
 * A person has looked at what the platform could not be asked in time: it is live under this id, or it is not there. Taken
 * only while the ledger itself does not know, and after its settle window.
 */
export const SettleSegment = defineCommand({
  ...control,
  type: 'post.settle',
  body: z.strictObject({
    postId: PostId,
    segment: z.int().min(0),
    account: AccountId,
    by: z.string().min(1).max(200),
    live: z.strictObject({ platformId: PlatformId, url: z.url(), publishedAt: Instant }).nullable(),
    /** When the person looked; left out: just now. "Not there" counts from a look that began after the settle window. */
    lookedAt: Instant.optional(),
  }),
})
export const SettleAnswer = z.discriminatedUnion('result', [
  z.strictObject({ result: z.literal('settled') }),
  z.strictObject({ result: z.literal('refused'), detail: z.string() }),
])

export const SetKillSwitch = defineCommand({
  ...control,
  type: 'kill_switch.set',
  body: z.strictObject({ on: z.boolean(), by: z.string().min(1).max(200), reason: z.string().min(1).max(500) }),
})

/** Somebody who wants no answers, since when. */
export const OptOut = z.strictObject({ platform: PlatformName, person: Person, at: Instant })
export type OptOut = z.infer<typeof OptOut>
/** The place of an opt-out in the record's order, and of the page that ends with it. */
export const optOutKey = ({ platform, person }: Pick<OptOut, 'platform' | 'person'>): string => `${platform}/${person}`

/**
 * The record tells a ledger who wants no answers, page by page: a page counts when it begins where the one before it ended,
 * so that none can be missing when the last one has come.
 */
export const TellOptOuts = defineCommand({
  ...control,
  type: 'opt_outs.tell',
  body: z.strictObject({
    ledgerId: z.uuid(),
    /** `optOutKey` of the last one of the page before; null on the first page. */
    after: z.string().max(100).nullable(),
    people: z.array(OptOut).max(1_000),
    last: z.boolean(),
  }),
})

/** Sent by a starting broker to itself: when it comes, all that was queued before it has been handled. */
export const MarkControl = defineCommand({
  ...control,
  type: 'control.mark',
  body: z.strictObject({ mark: z.uuid() }),
})

/** Every command there is. */
export const COMMANDS = [
  PublishPost,
  DeleteSegment,
  CollectMetrics,
  HarvestMentions,
  AuditAccount,
  DraftReply,
  ConfigureAccount,
  PauseAccount,
  ResumeAccount,
  RemoveAccount,
  CancelPost,
  RevisePost,
  SettleSegment,
  SetKillSwitch,
  TellOptOuts,
  MarkControl,
] as const
