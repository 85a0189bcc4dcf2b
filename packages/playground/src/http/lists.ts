import express, { type Request, type Response, type Router } from 'express'
import type { Site } from '../site.ts'
import { type ArticleStyle, article } from '../views/article.ts'
import type { Account, Post } from '../world/model.ts'
import { lose, pause, tooMany } from './strikes.ts'
import { viewOf } from './gather.ts'
import { visitorOf } from './visitor.ts'

/** Entries of a list that one call brings. */
const PAGE = 20

interface Entry {
  readonly post: Post
  readonly style: Omit<ArticleStyle, 'now'>
}

const newestFirst = (posts: readonly Post[]): readonly Post[] =>
  posts.filter((post) => post.deletedAt === null).toReversed()

/** An answer hangs from the post that it answers, which stands above it; no post stands twice. */
const inConversations = (site: Site, posts: readonly Post[]): readonly Entry[] => {
  const shown = new Set<string>()
  return posts.flatMap((post): readonly Entry[] => {
    if (shown.has(post.id)) return []
    const parent = post.inReplyTo === null ? undefined : site.world.post(post.inReplyTo)
    const hangs = parent && parent.deletedAt === null && !shown.has(parent.id)
    const above: readonly Entry[] = hangs ? [{ post: parent, style: { parent: true } }] : []
    for (const entry of [...above, { post }]) shown.add(entry.post.id)
    return [...above, { post, style: {} }]
  })
}

/** What is paid for stands third. */
const withPromoted = (site: Site, entries: readonly Entry[]): readonly Entry[] => {
  const promoted = newestFirst(site.world.allPosts().filter((post) => post.promoted))
  return entries.toSpliced(2, 0, ...promoted.map((post): Entry => ({ post, style: { context: { kind: 'promoted' } } })))
}

const entriesOfProfile = (site: Site, account: Account, replies: boolean): readonly Entry[] => {
  const own = newestFirst(site.world.allPosts().filter((post) => post.handle === account.handle && !post.promoted))
  const pinned = own
    .filter((post) => post.pinned)
    .map((post): Entry => ({ post, style: { context: { kind: 'pinned' } } }))
  const context = { kind: 'reposted', by: account } as const
  const reposted = newestFirst(
    site.world.allPosts().filter((post) => site.world.marked(post.id, account.handle, 'repost')),
  )
  const listed = own.filter((post) => replies || post.inReplyTo === null)
  return withPromoted(site, [
    ...pinned,
    ...reposted.map((post): Entry => ({ post, style: { context } })),
    ...inConversations(site, listed),
  ])
}

/** Posts of others that name an account, or answer or quote one of its posts. */
const entriesOfMentions = (site: Site, viewer: Account): readonly Entry[] => {
  const name = new RegExp(`(?<![\\w@])@${viewer.handle}\\b`, 'iu')
  const isOurs = (id: string | null): boolean => id !== null && site.world.post(id)?.handle === viewer.handle
  return newestFirst(site.world.allPosts())
    .filter((post) => post.handle !== viewer.handle)
    .filter((post) => name.test(post.text) || isOurs(post.inReplyTo) || isOurs(post.quotes))
    .map((post) => ({ post, style: {} }))
}

const entriesOfHome = (site: Site): readonly Entry[] => {
  const posts = site.world.allPosts().filter((post) => post.inReplyTo === null && !post.promoted)
  return withPromoted(
    site,
    newestFirst(posts).map((post) => ({ post, style: {} })),
  )
}

/** Answer with one page of a list: articles as HTML, and where to go on. */
const answer = async (site: Site, request: Request, response: Response, entries: readonly Entry[]): Promise<void> => {
  const viewer = visitorOf(request, site.world)
  const strikes = site.faults.strike('list', { handle: viewer?.handle, matching: request.originalUrl })
  for (const { effect, delayMs } of strikes) if (effect.does === 'wait') await pause(delayMs)
  const limit = strikes.find(({ effect }) => effect.does === 'too_many')
  if (limit) return tooMany(response, limit, site.world.now())
  if (lose(response, strikes, 'before')) return
  const now = site.world.now()
  const lagMs = Math.max(0, ...strikes.filter(({ effect }) => effect.does === 'lag').map(({ delayMs }) => delayMs))
  const visible = entries.filter(({ post }) => now.getTime() - post.createdAt.getTime() >= lagMs)
  const from = Math.max(0, Number(request.query['cursor'] ?? 0) || 0)
  const items = visible.slice(from, from + PAGE).map(({ post, style }) => ({
    id: `${style.parent === true ? 'parent' : (style.context?.kind ?? 'own')}-${post.id}`,
    html: article(viewOf(site.world, post, viewer), { ...style, now }).html,
  }))
  response.json({ items, cursor: from + PAGE < visible.length ? from + PAGE : null })
}

/** The lists that `list.js` loads as one scrolls. */
export const lists = (site: Site): Router => {
  const router = express.Router()
  router.get('/home', (request, response) => answer(site, request, response, entriesOfHome(site)))
  router.get('/mentions', (request, response) => {
    const viewer = visitorOf(request, site.world)
    if (!viewer) return void response.status(401).json({ items: [], cursor: null })
    return answer(site, request, response, entriesOfMentions(site, viewer))
  })
  router.get('/profile/:handle', (request, response) => {
    const account = site.world.account(request.params.handle)
    if (!account) return void response.status(404).json({ items: [], cursor: null })
    return answer(site, request, response, entriesOfProfile(site, account, request.query['replies'] === '1'))
  })
  return router
}
