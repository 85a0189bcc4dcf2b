/** One person or bot of the site. */
export interface Account {
  readonly handle: string
  readonly name: string
  readonly bio: string
  readonly joinedAt: Date
  /** The person whom its label of an automated account names; null: it has none. */
  readonly automatedBy: string | null
  /** Cookie values of its one session. */
  readonly authToken: string
  readonly ct0: string
}

export interface Attachment {
  readonly id: string
  readonly type: string
  readonly alt: string
  /** SHA-256 of the bytes in hex: what was uploaded, to the byte. */
  readonly sha256: string
  readonly size: number
}

export interface Figures {
  readonly replies: number
  readonly reposts: number
  readonly quotes: number
  readonly likes: number
  readonly bookmarks: number
  readonly views: number
}

export interface Post {
  readonly id: string
  readonly handle: string
  readonly text: string
  readonly inReplyTo: string | null
  readonly quotes: string | null
  readonly createdAt: Date
  readonly media: readonly Attachment[]
  /** Paid for: it stands in everybody's lists. */
  readonly promoted: boolean
  deletedAt: Date | null
  pinned: boolean
  /** Figures set by hand (admin), instead of those that grow. */
  fixed: Partial<Figures> | null
}

/** What a visitor did to a post by hand. */
export type Mark = 'like' | 'repost' | 'bookmark'

/** A line of the journal. Everything that the site knows is the sum of these. */
export type Entry =
  | {
      readonly type: 'account'
      readonly account: Omit<Account, 'joinedAt' | 'automatedBy'> & { readonly joinedAt: string }
    }
  | { readonly type: 'labelled'; readonly handle: string; readonly automatedBy: string | null }
  | { readonly type: 'post'; readonly post: Omit<Post, 'createdAt' | 'deletedAt'> & { readonly createdAt: string } }
  | { readonly type: 'deleted'; readonly id: string; readonly at: string }
  | { readonly type: 'pinned'; readonly id: string; readonly pinned: boolean }
  | { readonly type: 'figures'; readonly id: string; readonly figures: Partial<Figures> | null }
  | { readonly type: 'marked'; readonly id: string; readonly handle: string; readonly mark: Mark; readonly on: boolean }
