import type { PlatformId } from '@surepost/shared/contracts'
import type { PostReading } from '../../platform.ts'
import { css } from '../selectors.ts'
import { type Article, parsePermalink, readArticle } from './article.ts'
import { type Dom, type Nodes, parse } from './dom.ts'
import { readTrouble } from './page.ts'

/** Which post is wanted from a page, and what is known of the page. */
export interface WantedPost {
  /** The author, with or without the @, in any case; `null` when it is not known. */
  readonly handle: string | null
  readonly platformId: string
  /** Where the browser ended up: tells sign-in and challenge pages apart even when they are empty. */
  readonly url?: string
  /** For the addresses of posts; `https://x.com` when left out. */
  readonly baseUrl?: string
}

export const X_BASE_URL = 'https://x.com'

export const sameHandle = (one: string, other: string): boolean =>
  one.replace(/^@/u, '').toLowerCase() === other.replace(/^@/u, '').toLowerCase()

/** The articles of a page that are not inside another one, in the page's order. */
export const topArticles = ($: Dom): readonly Nodes[] =>
  $.root()
    .find(css('article'))
    .toArray()
    .map((node) => $(node))
    .filter((article) => article.parents(css('article')).length === 0)

/** A conversation shows a post's parent right above it, in the cell before its own. */
export const parentOf = (articles: readonly (Article | undefined)[], n: number): PlatformId | null => {
  const before = articles.slice(0, n).findLast((article) => article?.context !== 'promoted')
  return before?.post.platformId ?? null
}

/**
 * Read one post and its figures from the HTML of a page that shows it, wherever it stands on the page: the article
 * whose own permalink has the id and whose author is `handle`. A page on which it cannot be found is classified.
 */
export const readPost = (html: string, wanted: WantedPost): PostReading => {
  const $ = parse(html)
  const articles = topArticles($).map((article) => readArticle($, article, wanted.baseUrl ?? X_BASE_URL))
  const at = articles.findIndex((article) => article?.post.platformId === wanted.platformId)
  const found = articles[at]
  if (!found) return readTrouble($, wanted.url)
  if (wanted.handle !== null && !sameHandle(found.post.author, wanted.handle))
    return {
      kind: 'unreadable',
      cause: 'wrong_author',
      detail: `The post ${wanted.platformId} is by @${found.post.author}, not by @${wanted.handle.replace(/^@/u, '')}.`,
    }
  const inReplyTo = isOnStatusPage($, wanted) ? parentOf(articles, at) : null
  return { kind: 'read', post: { ...found.post, inReplyTo, pinned: found.context === 'pinned' }, metrics: found.metrics }
}

/** Only on a post's own page does the post above mean its parent; in a list it is just another post. */
const isOnStatusPage = ($: Dom, wanted: WantedPost): boolean => {
  const address = wanted.url ?? $('link[rel=canonical]').attr('href') ?? $('meta[property="og:url"]').attr('content')
  if (address !== undefined) return parsePermalink(address)?.platformId === wanted.platformId
  return false
}
