import type { PlatformAdapter, PlatformSession } from '../../src/index.ts'

/** A post as the platform itself knows it, whatever an adapter says. */
export interface TruePost {
  readonly id: string
  readonly handle: string
  readonly text: string
  readonly inReplyTo: string | null
  readonly deletedAt: string | null
  readonly metrics: Readonly<Record<'replies' | 'reposts' | 'likes' | 'bookmarks' | 'views', number>>
  readonly media: readonly { readonly alt: string; readonly sha256: string }[]
}

/** What a platform can be made to do, by consequence; every adapter must answer each in the same way. */
export type Mishap =
  /** The post is created, its answer is lost. */
  | 'answer_lost'
  /** The request is lost on its way. */
  | 'request_lost'
  /** The post is created, the connection is reset: a browser may send the request again by itself. */
  | 'connection_reset'
  | 'failure_after_create'
  | 'failure_before_create'
  | 'says_duplicate'
  | 'says_automated'
  | 'says_daily_limit'
  | 'says_suspended'
  | 'says_locked'
  | 'too_many_requests'
  | 'signed_out'
  | 'challenge'
  | 'consent_wall'
  | 'page_fails'
  | 'page_breaks_off'
  | 'list_lags'
  | 'list_breaks'

/** A platform to try an adapter against: the adapter, sessions of accounts, the platform's truth and its mishaps. */
export interface Bench extends AsyncDisposable {
  readonly adapter: PlatformAdapter
  /** A session of an account that exists for this test only. */
  session(handle: string): Promise<PlatformSession>
  truth(): Promise<readonly TruePost[]>
  /** Somebody else's post. @returns its id */
  somebodyPosts(post: { readonly handle: string; readonly text: string; readonly inReplyTo?: string }): Promise<string>
  /** Give an account the label of an automated one, which names its human, or take it away. */
  label(handle: string, automatedBy: string | null): Promise<void>
  /** Somebody takes a post away. */
  remove(id: string): Promise<void>
  mishap(kind: Mishap, count?: number): Promise<void>
  /** End all mishaps. */
  calm(): Promise<void>
}
