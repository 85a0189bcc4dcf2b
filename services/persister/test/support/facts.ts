import {
  AccountConfig,
  AccountId,
  DEFAULT_BUDGETS,
  Hash,
  PlatformId,
  checkId,
  newId,
  newPostId,
  type PostId,
} from '@surepost/shared/contracts'
import type { AppliedFact } from '@surepost/shared/database'

const HOUR = 3_600_000
export const instant = (offsetMs: number): string => new Date(Date.now() + offsetMs).toISOString()
export const fact = (type: string, body: object, offsetMs = 0): AppliedFact => ({
  id: newId(),
  type,
  body: { at: instant(offsetMs), ...body },
})

let next = 1_000_000_000_000_000n
/** Another platform id each time. */
export const newPlatformId = (): PlatformId => PlatformId.parse(String((next += 1n)))

export interface PostDraft {
  readonly postId?: PostId
  readonly account?: string
  readonly segments?: number
  readonly approval?: 'auto' | 'review'
  /** Milliseconds from now; negative is the past. */
  readonly submitted?: number
  readonly scheduled?: number
  readonly notAfter?: number
}

/** A submission, an hour ago unless it says otherwise. */
export const submission = (draft: PostDraft = {}): { readonly postId: PostId; readonly fact: AppliedFact } => {
  const postId = draft.postId ?? newPostId()
  const submitted = draft.submitted ?? -HOUR
  const body = {
    postId,
    revision: 1,
    account: draft.account ?? 'ada',
    platform: 'x',
    hash: Hash.parse('a'.repeat(64)),
    content: { segments: Array.from({ length: draft.segments ?? 1 }, (_, i) => ({ text: `part ${i}`, media: [] })) },
    client: 'test',
    approval: draft.approval ?? 'auto',
    scheduledAt: draft.scheduled === undefined ? null : instant(draft.scheduled),
    notAfter: instant(draft.notAfter ?? HOUR),
  }
  return { postId, fact: fact('post.submitted', body, submitted) }
}

const revision = { revision: 1, segment: 0, account: 'ada' }
export const dispatched = (postId: PostId, deadlineMs: number, offsetMs = -HOUR / 2): AppliedFact =>
  fact('post.dispatched', { postId, revision: 1, deadline: instant(deadlineMs) }, offsetMs)
export const begun = (postId: PostId, offsetMs: number): AppliedFact =>
  fact('post.segment_begun', { ...revision, postId, attempt: 1, ledger: { id: newId(), seq: 1 } }, offsetMs)
export const published = (
  postId: PostId,
  agoMs: number,
  more: { account?: string; segment?: number; platformId?: PlatformId } = {},
): AppliedFact =>
  fact(
    'post.segment_published',
    {
      ...revision,
      postId,
      platform: 'x',
      platformId: newPlatformId(),
      url: 'https://x.com/ada/status/1',
      publishedAt: instant(-agoMs),
      source: 'response',
      ledger: null,
      ...more,
    },
    -agoMs,
  )

export const configured = (account: string, checks: readonly number[], answering = false): AppliedFact => {
  const config = AccountConfig.parse({
    id: account,
    platform: 'x',
    handle: account,
    budgets: DEFAULT_BUDGETS,
    checks,
    replies: { enabled: answering, approval: 'auto', voice: 'kind', harvestEverySeconds: 300 },
  })
  return fact('account.configured', { config }, -HOUR)
}

export const paused = (account: string): AppliedFact =>
  fact('account.paused', { account: AccountId.parse(account), reason: 'challenge', until: null })
export const resumed = (account: string): AppliedFact =>
  fact('account.resumed', { account: AccountId.parse(account), by: 'eve' })

const ofCheck = (postId: PostId, after: number) => ({ postId, segment: 0, checkId: checkId(postId, 0, after) })
export const collected = (postId: PostId, after: number, suspect: string | null = null): AppliedFact =>
  fact('metrics.collected', {
    ...ofCheck(postId, after),
    platformId: newPlatformId(),
    metrics: { replies: 0, reposts: 0, quotes: null, likes: 5, bookmarks: null, views: 9 },
    suspect,
  })
export const checkFailed = (postId: PostId, after: number): AppliedFact =>
  fact('metrics.check_failed', { ...ofCheck(postId, after), reason: 'the page was empty' })
export const deleted = (postId: PostId): AppliedFact =>
  fact('post.segment_deleted', { postId, segment: 0, account: 'ada', platformId: newPlatformId() }, -1_000)

export const mention = (account: string, platformId = newPlatformId()): AppliedFact =>
  fact('mention.harvested', {
    account,
    mention: {
      platformId,
      author: 'bob',
      text: 'hello',
      inReplyTo: null,
      createdAt: instant(-60_000),
      url: 'https://x.com/bob/status/1',
    },
  })
