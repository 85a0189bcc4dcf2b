import { createHash, randomBytes } from 'node:crypto'
import { growthOf } from './growth.ts'
import { snowflakes } from './ids.ts'
import type { Journal } from './journal.ts'
import type { Account, Attachment, Entry, Figures, Mark, Post } from './model.ts'

interface NewPost {
  readonly handle: string
  readonly text: string
  readonly inReplyTo?: string | null | undefined
  readonly quotes?: string | null | undefined
  readonly promoted?: boolean | undefined
  readonly media?: readonly Attachment[] | undefined
}

/** Everything that the site holds, in memory, each change also a line of the journal. */
export interface World {
  readonly now: () => Date
  readonly accounts: ReadonlyMap<string, Account>
  account(handle: string): Account | undefined
  accountOfSession(authToken: string): Account | undefined
  addAccount(handle: string, name: string, bio?: string): Account
  /** Give an account the label of an automated one, or take it away. */
  label(handle: string, automatedBy: string | null): void
  post(id: string): Post | undefined
  /** Every post ever made, oldest first, deleted ones included. */
  allPosts(): readonly Post[]
  addPost(post: NewPost): Post
  deletePost(id: string): void
  pin(id: string, pinned: boolean): void
  fixFigures(id: string, figures: Partial<Figures> | null): void
  mark(id: string, handle: string, mark: Mark, on: boolean): void
  marked(id: string, handle: string, mark: Mark): boolean
  figures(post: Post): Figures
  repliesTo(id: string): readonly Post[]
  nextMediaId(): string
  addMedia(id: string, bytes: Buffer, type: string): Attachment
  media(id: string): Buffer | undefined
  /** The media type of an image that a post has. */
  mediaType(id: string): string | undefined
}

interface State {
  readonly accounts: Map<string, Account>
  readonly sessions: Map<string, Account>
  readonly posts: Map<string, Post>
  /** The same, oldest first. */
  readonly order: Post[]
  readonly replies: Map<string, Post[]>
  readonly marks: Map<string, Set<string>>
}

const markKey = (id: string, mark: Mark): string => `${mark}:${id}`

const listOf = (lists: Map<string, Post[]>, id: string): Post[] => {
  const list = lists.get(id) ?? []
  lists.set(id, list)
  return list
}

const putAccount = (state: State, account: Account): void => {
  state.accounts.set(account.handle.toLowerCase(), account)
  state.sessions.set(account.authToken, account)
}

/** What one line of the journal changes. */
const apply = (state: State, entry: Entry): void => {
  switch (entry.type) {
    case 'account': {
      putAccount(state, { ...entry.account, joinedAt: new Date(entry.account.joinedAt), automatedBy: null })
      return
    }
    case 'labelled': {
      const account = state.accounts.get(entry.handle.toLowerCase())
      if (account !== undefined) putAccount(state, { ...account, automatedBy: entry.automatedBy })
      return
    }
    case 'post': {
      const post: Post = { ...entry.post, createdAt: new Date(entry.post.createdAt), deletedAt: null }
      state.posts.set(post.id, post)
      state.order.push(post)
      if (post.inReplyTo !== null) listOf(state.replies, post.inReplyTo).push(post)
      return
    }
    case 'marked': {
      const key = markKey(entry.id, entry.mark)
      const handles = state.marks.get(key) ?? new Set()
      if (entry.on) handles.add(entry.handle.toLowerCase())
      else handles.delete(entry.handle.toLowerCase())
      state.marks.set(key, handles)
      return
    }
    case 'deleted':
    case 'pinned':
    case 'figures':
      changePost(state.posts.get(entry.id), entry)
  }
}

const changePost = (
  post: Post | undefined,
  entry: Extract<Entry, { type: 'deleted' | 'pinned' | 'figures' }>,
): void => {
  if (!post) return
  if (entry.type === 'deleted') post.deletedAt = new Date(entry.at)
  else if (entry.type === 'pinned') post.pinned = entry.pinned
  else post.fixed = entry.figures
}

const figuresOf = (state: State, post: Post, now: Date): Figures => {
  const grown = growthOf(post.id, now.getTime() - post.createdAt.getTime())
  const marks = (mark: Mark): number => state.marks.get(markKey(post.id, mark))?.size ?? 0
  return {
    ...grown,
    replies: state.replies.get(post.id)?.length ?? 0,
    likes: grown.likes + marks('like'),
    reposts: grown.reposts + marks('repost'),
    bookmarks: grown.bookmarks + marks('bookmark'),
    views: grown.views + marks('like') + marks('repost') + marks('bookmark'),
    ...post.fixed,
  }
}

/** The site's people. */
const peopleOf = (state: State, record: (entry: Entry) => void, now: () => Date) => ({
  accounts: state.accounts,
  account: (handle: string): Account | undefined => state.accounts.get(handle.toLowerCase()),
  accountOfSession: (authToken: string): Account | undefined => state.sessions.get(authToken),
  addAccount: (handle: string, name: string, bio = ''): Account => {
    const existing = state.accounts.get(handle.toLowerCase())
    if (existing) return existing
    const joinedAt = now()
    const account = {
      handle,
      name,
      bio,
      authToken: randomBytes(20).toString('hex'),
      ct0: randomBytes(16).toString('hex'),
    }
    record({ type: 'account', account: { ...account, joinedAt: joinedAt.toISOString() } })
    return { ...account, joinedAt, automatedBy: null }
  },
  label: (handle: string, automatedBy: string | null): void => record({ type: 'labelled', handle, automatedBy }),
})

/** The site's posts, and what is done to them. */
const postsOf = (state: State, record: (entry: Entry) => void, now: () => Date, nextId: (at: Date) => string) => ({
  post: (id: string): Post | undefined => state.posts.get(id),
  allPosts: (): readonly Post[] => state.order,
  addPost: ({ handle, text, inReplyTo = null, quotes = null, media = [], promoted = false }: NewPost): Post => {
    const at = now()
    const id = nextId(at)
    const made = { id, handle, text, inReplyTo, quotes, media, promoted, pinned: false, fixed: null }
    record({ type: 'post', post: { ...made, createdAt: at.toISOString() } })
    return state.posts.get(id) ?? { ...made, createdAt: at, deletedAt: null }
  },
  deletePost: (id: string): void => record({ type: 'deleted', id, at: now().toISOString() }),
  pin: (id: string, pinned: boolean): void => record({ type: 'pinned', id, pinned }),
  fixFigures: (id: string, figures: Partial<Figures> | null): void => record({ type: 'figures', id, figures }),
  mark: (id: string, handle: string, mark: Mark, on: boolean): void => record({ type: 'marked', id, handle, mark, on }),
  marked: (id: string, handle: string, mark: Mark): boolean =>
    state.marks.get(markKey(id, mark))?.has(handle.toLowerCase()) ?? false,
  figures: (post: Post): Figures => figuresOf(state, post, now()),
  repliesTo: (id: string): readonly Post[] => state.replies.get(id) ?? [],
})

/** Open the site's world: what the journal holds, and everything that comes. */
export const createWorld = (journal: Journal, now: () => Date): World => {
  const state: State = {
    accounts: new Map(),
    sessions: new Map(),
    posts: new Map(),
    order: [],
    replies: new Map(),
    marks: new Map(),
  }
  for (const entry of journal.read()) apply(state, entry)
  const nextId = snowflakes()
  const record = (entry: Entry): void => {
    journal.append(entry)
    apply(state, entry)
  }
  return {
    now,
    ...peopleOf(state, record, now),
    ...postsOf(state, record, now, nextId),
    nextMediaId: () => nextId(now()),
    addMedia: (id, bytes, type) => {
      journal.saveMedia(id, bytes)
      return { id, type, alt: '', sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length }
    },
    media: (id) => journal.loadMedia(id),
    mediaType: (id) => state.order.flatMap((post) => post.media).find((media) => media.id === id)?.type,
  }
}
