import type { BrowserContext } from 'playwright'
import type { Hash, Mention, Metrics, PlatformId, PlatformName } from '@surepost/shared/contracts'
import type { SessionTrouble } from '@surepost/shared/errors'

/**
 * What an adapter is given to reach its platform. A browser adapter gets the lease's context; an API adapter gets a
 * `fetch` that leaves through the lease's egress proxy, which adds the credential. Either dies with the lease.
 */
export type Access =
  | { readonly kind: 'browser'; readonly context: BrowserContext }
  | { readonly kind: 'http'; readonly fetch: typeof fetch }

export interface Call {
  readonly signal: AbortSignal
  /** Is called for a page that could not be read, before the page is closed. */
  readonly witness?: Witness | undefined
}

/**
 * Whoever keeps evidence. It is told why in a word, and takes the capture if it wants one: a picture costs more than the
 * reading did. `undefined`: the page gave none.
 */
export type Witness = (why: string, take: () => Promise<Capture | undefined>) => Promise<void>

/** What a page looked like that could not be read: evidence, without secrets. */
export interface Capture {
  /** In a word: the cause or the trouble. */
  readonly why: string
  /** Trimmed: no scripts, no values of fields, no queries of addresses. */
  readonly html: string
  /** JPEG with the fields masked; `null` when none could be taken. */
  readonly screenshot: Buffer | null
}

/** One of our identities on the platform. */
export interface Identity {
  /** Without the @. */
  readonly handle: string
}

export interface SegmentDraft {
  readonly text: string
  readonly media: readonly { readonly bytes: Buffer; readonly type: string; readonly alt: string }[]
  /** The post this one answers or continues. */
  readonly parent: { readonly platformId: PlatformId; readonly author: string | null } | null
}

/**
 * How a create ended. `not_created` is *certain*: nothing had been sent, or the platform refused.
 * `unknown` is everything else: the click or the request happened and its answer was not seen.
 */
export type CreateResult =
  | { readonly outcome: 'created'; readonly platformId: PlatformId; readonly url: string; readonly publishedAt: Date }
  | { readonly outcome: 'not_created'; readonly refusal: Refusal }
  | { readonly outcome: 'unknown'; readonly reason: string }

/** A platform's "no", by consequence. */
export type Refusal =
  /** It says this text is already there: ask it, do not fail. */
  | { readonly kind: 'duplicate'; readonly detail: string }
  | { readonly kind: 'throttled'; readonly until: Date; readonly detail: string }
  | { readonly kind: 'session'; readonly trouble: SessionTrouble; readonly detail: string }
  /** "Looks automated": the account cools down, nothing is retried blindly. */
  | { readonly kind: 'automation'; readonly detail: string }
  | { readonly kind: 'parent_gone'; readonly detail: string }
  | { readonly kind: 'rejected'; readonly code: string; readonly detail: string }
  /** It was not asked: its breaker is open. */
  | { readonly kind: 'away'; readonly detail: string }
  /** The page did not work (element missing, load failed): another attempt may. */
  | { readonly kind: 'trouble'; readonly detail: string }

/** A post as a page or an API shows it. */
export interface SeenPost {
  readonly platformId: PlatformId
  readonly author: string
  /** As shown; compare with `sameText`, never by equality. */
  readonly text: string
  readonly createdAt: Date
  readonly url: string
  readonly inReplyTo: PlatformId | null
  readonly pinned: boolean
}

/** Reading one post. The kinds other than `read` are what the platform said, not failures of ours, but for `unreadable`. */
export type PostReading =
  | {
      readonly kind: 'read'
      readonly post: SeenPost
      readonly metrics: Metrics
      /** The posts above it in its conversation, oldest first, as far as its own page shows them. */
      readonly above?: readonly Pick<SeenPost, 'platformId' | 'author' | 'text'>[]
    }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'session'; readonly trouble: SessionTrouble; readonly detail: string }
  | { readonly kind: 'throttled'; readonly until: Date }
  | { readonly kind: 'unreadable'; readonly cause: UnreadableCause; readonly detail: string }

/** What stood in the way of a reading: a failure to try again, never evidence that the post is gone. */
export type UnreadableCause =
  /** The account that owns the post is suspended. */
  | 'suspended'
  | 'protected'
  | 'age_gated'
  | 'withheld'
  /** "Something went wrong": the platform's own failure. */
  | 'went_wrong'
  /** The post is there under another author: the id belongs to somebody else. */
  | 'wrong_author'
  | 'no_such_page'
  /** An error page whose words are not known. */
  | 'unknown_page'
  /** The page stayed empty, or the part that was waited for did not come. */
  | 'not_loaded'

/** What an account's own profile says of it: whom the label of an automated account names as its human; null: no label. */
export type ProfileReading =
  | { readonly kind: 'read'; readonly automatedBy: string | null }
  | Exclude<PostReading, { kind: 'read' } | { kind: 'deleted' }>

/** Reading a list. `complete` is false when its end (or `since`) was not reached: absence then means nothing. */
export type ListReading<T> =
  | { readonly kind: 'read'; readonly items: readonly T[]; readonly complete: boolean; readonly beganAt: Date }
  | Exclude<PostReading, { kind: 'read' } | { kind: 'deleted' }>

export type SessionReading = { readonly kind: 'ready' } | Exclude<PostReading, { kind: 'read' } | { kind: 'deleted' }>

/** One account at its platform, for the time of one lease. */
export interface PlatformSession {
  checkSession(call: Call): Promise<SessionReading>
  /** Read our own profile. */
  readProfile(call: Call): Promise<ProfileReading>
  /** One click (or request) creates one segment. Never throws after it could have been created. */
  publishSegment(draft: SegmentDraft, call: Call): Promise<CreateResult>
  /** Look for our own post by text, parent and time; never one of `taken`. */
  findOwnPost(wanted: OwnPostQuery, call: Call): Promise<ListReading<SeenPost>>
  readPost(
    wanted: { readonly platformId: PlatformId; readonly author: string | null },
    call: Call,
  ): Promise<PostReading>
  /** Newest first, until `since` is passed. */
  readMentions(since: PlatformId | null, call: Call): Promise<ListReading<Mention>>
  /** Own posts and replies, newest first, until older than `since`. */
  readTimeline(since: Date, call: Call): Promise<ListReading<SeenPost>>
  deleteOwnPost(
    platformId: PlatformId,
    call: Call,
  ): Promise<{ readonly outcome: 'deleted' } | Exclude<CreateResult, { outcome: 'created' }>>
}

export interface OwnPostQuery {
  readonly text: string
  readonly parent: PlatformId | null
  readonly notBefore: Date
  readonly taken: ReadonlySet<PlatformId>
}

export interface PlatformAdapter {
  readonly name: PlatformName
  /** Which kind of access its sessions need. */
  readonly access: Access['kind']
  /** The weighted length of a text and the platform's limit. */
  measure(text: string): { readonly length: number; readonly limit: number }
  /** True when what a page shows is the text that was sent, after the platform's own rewriting. */
  sameText(sent: string, shown: string): boolean
  /** Hash of the normal form: equal for a text as sent and as shown, unless the page cut it short. */
  textHash(text: string): Hash
  /** Public address of a post. */
  urlOf(identity: Identity, platformId: PlatformId): string
  /** When the platform made an id. */
  timeOf(platformId: PlatformId): Date
  open(access: Access, identity: Identity): PlatformSession
}
