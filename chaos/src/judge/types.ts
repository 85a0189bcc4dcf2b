/** A post as the site's own ledger holds it. */
export interface LedgerPost {
  readonly id: string
  readonly handle: string
  readonly text: string
  readonly inReplyTo: string | null
  readonly createdAt: string
  readonly deletedAt: string | null
  readonly media: readonly { readonly sha256: string }[]
}

/** How a post may end: `cancelled` when the API has said so, `live_or_cancelled` while its cancel is a race. */
export type Ending = 'live' | 'live_or_cancelled' | 'cancelled' | 'refused'

export interface ExpectedSegment {
  /** Null where only the parent says which post it is: the text of an answer is its drafter's. */
  readonly text: string | null
  /** SHA-256 of its images. */
  readonly media: readonly string[]
}

/** What was asked of the system, one post. */
export interface ExpectedPost {
  readonly n: number
  /** Null when the API never took it. */
  readonly postId: string | null
  readonly handle: string
  /** The site's post that the first segment answers. */
  readonly replyTo: string | null
  readonly segments: readonly ExpectedSegment[]
  readonly ending: Ending
}

/** Rows of the database, as SQL tells them. */
export interface PostRow {
  readonly id: string
  readonly state: string | null
  readonly reason: string | null
}
export interface SegmentRow {
  readonly postId: string
  readonly index: number
  readonly platformId: string | null
}
export interface CheckRow {
  readonly postId: string
  readonly index: number
  readonly state: string
}
export interface Records {
  readonly posts: readonly PostRow[]
  readonly segments: readonly SegmentRow[]
  readonly checks: readonly CheckRow[]
}

export interface Evidence {
  readonly expected: readonly ExpectedPost[]
  /** Handles of our accounts. */
  readonly handles: readonly string[]
  /** How many checks each live segment must have. */
  readonly checksPerSegment: number
  readonly ledger: readonly LedgerPost[]
  readonly records: Records
}

/** What can be wrong with a segment, and the figure that counts it. */
export type Wrong =
  | 'duplicates'
  | 'lost'
  | 'unrecorded'
  | 'wrongIds'
  | 'outOfOrder'
  | 'unmeasured'
  /** It ended visibly, with a reason, in a way that was not planned. */
  | 'ended'
  /** It is on the site although it was refused or cancelled. */
  | 'unwanted'

/** One thing that is wrong, in words. `n` and `postId` are null where it belongs to nothing that was asked. */
export interface Trouble {
  readonly wrong: Wrong
  readonly n: number | null
  readonly postId: string | null
  readonly sentence: string
}

export interface Verdict {
  readonly posts: number
  readonly segments: number
  readonly live: number
  readonly cancelled: number
  /** Segments of posts that the site was told to refuse, and that ended `failed`. */
  readonly refused: number
  /** Checks of live segments that ended `missed`: allowed, and told. */
  readonly checksMissed: number
  readonly counts: Readonly<Record<Wrong, number>>
  readonly troubles: readonly Trouble[]
}
