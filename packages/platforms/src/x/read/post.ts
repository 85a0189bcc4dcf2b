import type { PlatformId } from '@surepost/shared/contracts'
import type { PostReading } from '../../platform.ts'
import { css } from '../selectors.ts'
import { type Article, parsePermalink, readArticle } from './article.ts'
import { type Dom, type Nodes, each, parse, sentence, within } from './dom.ts'
import { readTrouble } from './page.ts'
import { TROUBLES } from './words.ts'

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
  each($.root().find(css('article'))).filter((article) => article.parents(css('article')).length === 0)

/** What a page says of what a post answers. */
interface Above {
  readonly inReplyTo: PlatformId | null
  /** It answers something that is not there any more. */
  readonly lostParent: boolean
  /** What stands above it without a gap, oldest first. */
  readonly above: readonly Article['post'][]
}

const NOTHING_ABOVE: Above = { inReplyTo: null, lostParent: false, above: [] }

/**
 * A conversation shows a post's parent right above it; where the parent is gone, a sentence stands in its place, and
 * what is above that is not the parent.
 */
const aboveOf = ($: Dom, focal: Nodes, read: (article: Nodes) => Article | undefined): Above => {
  const blocks = each($.root().find(`${css('cell')}, article`))
  const at = blocks.findIndex((block) => block.is(focal))
  const above: Article['post'][] = []
  let lostParent = false
  for (const block of blocks.slice(0, at).toReversed()) {
    if (block.find(focal).length > 0) continue
    const article = block.is(css('article')) ? read(block) : undefined
    if (article && article.context !== 'promoted') above.unshift(article.post)
    else if (within(block, 'author').length === 0 && isNotice(block)) {
      lostParent = above.length === 0
      break
    }
  }
  return { inReplyTo: above.at(-1)?.platformId ?? null, lostParent, above }
}

/** A sentence in a post's place. One that only says that loading failed tells nothing of what belongs there. */
const isNotice = (block: Nodes): boolean =>
  TROUBLES.some(([kind, words]) => kind !== 'went_wrong' && kind !== 'throttled' && words.test(sentence(block.text())))

/** A reading of a post's page, which also knows whether the post's parent is gone. */
export type PageReading =
  | Exclude<PostReading, { kind: 'read' }>
  | (Extract<PostReading, { kind: 'read' }> & { readonly lostParent: boolean })

/**
 * Read one post and its figures from the HTML of a page that shows it, wherever it stands on the page: the article
 * whose own permalink has the id and whose author is `handle`. A page on which it cannot be found is classified.
 */
export const readPost = (html: string, wanted: WantedPost): PageReading => {
  const $ = parse(html)
  const read = (article: Nodes): Article | undefined => readArticle($, article, wanted.baseUrl ?? X_BASE_URL)
  const articles = topArticles($).map((article) => ({ article, seen: read(article) }))
  const found = articles.find(({ seen }) => seen?.post.platformId === wanted.platformId)
  if (!found?.seen) return showsAnother($) ? ANOTHER : readTrouble($, wanted.url)
  const { post, context, metrics } = found.seen
  if (wanted.handle !== null && !sameHandle(post.author, wanted.handle)) {
    const detail = `The post ${wanted.platformId} is by @${post.author}, not by @${wanted.handle.replace(/^@/u, '')}.`
    return { kind: 'unreadable', cause: 'wrong_author', detail }
  }
  const { inReplyTo, lostParent, above } = isStatusPage($, wanted) ? aboveOf($, found.article, read) : NOTHING_ABOVE
  return { kind: 'read', post: { ...post, inReplyTo, pinned: context === 'pinned' }, metrics, lostParent, above }
}

const ANOTHER: PageReading = { kind: 'unreadable', cause: 'not_loaded', detail: 'The page is about another post.' }

/** A page about one post marks it as the one that is not focusable; a notice on it is then about another's place. */
const showsAnother = ($: Dom): boolean => $('article[data-testid=tweet][tabindex="-1"]').length > 0

/** Only on a post's own page does the post above mean its parent; in a list it is just another post. */
const isStatusPage = ($: Dom, wanted: WantedPost): boolean => {
  const address = wanted.url ?? $('link[rel=canonical]').attr('href') ?? $('meta[property="og:url"]').attr('content')
  return address !== undefined && parsePermalink(address)?.platformId === wanted.platformId
}
