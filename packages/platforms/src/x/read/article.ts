import { type Metrics, PlatformId } from '@surepost/shared/contracts'
import type { SeenPost } from '../../platform.ts'
import { css } from '../selectors.ts'
import { type Dom, type Nodes, each, languageOf, sentence, within } from './dom.ts'
import { readMetrics } from './metrics.ts'
import { readText } from './text.ts'
import { AD_LABEL, PINNED, PROMOTED } from './words.ts'

/** An article of a page, read. `inReplyTo` is not in it: only its place on the page tells. */
export interface Article {
  readonly post: Omit<SeenPost, 'inReplyTo' | 'pinned'>
  readonly metrics: Metrics
  readonly context: 'pinned' | 'promoted' | 'reposted' | 'none'
  /** The end is behind "Show more". */
  readonly cut: boolean
}

const STATUS_PATH = /^\/(?:i\/web|i|(\w{1,50}))\/status(?:es)?\/(\d{15,20})(?:\/history)?\/?$/u

/** The author and the id that a link to a post names; the bare permalink or, of an edited post, its history's; not `/photo/1` or `/analytics`. */
export const parsePermalink = (
  href: string,
): { readonly author: string | undefined; readonly platformId: PlatformId } | undefined => {
  const path = URL.parse(href, 'https://x.com')?.pathname ?? ''
  const [, author, id] = STATUS_PATH.exec(path) ?? []
  const parsed = PlatformId.safeParse(id)
  return parsed.success ? { author, platformId: parsed.data } : undefined
}

// Parts that only the post itself has: what holds one of them holds more than the quoted post.
const OWN_PARTS = '[role=group] [data-testid=reply], [data-testid=caret], [role=group][aria-label]'

/** The element that holds a quoted post: what X makes one big link, or else all that is not shared with the post itself. */
const quotedContainer = (article: Nodes, author: Nodes, own: Nodes): Nodes => {
  const shared = (nodes: Nodes): boolean =>
    nodes.find(own).length > 0 || nodes.find(OWN_PARTS).length > 0 || nodes.is(article)
  const link = author.parents('[role=link]:not(a)').first()
  if (link.length > 0 && !shared(link)) return link
  let container = author
  while (container.parent().length > 0 && !shared(container.parent())) container = container.parent()
  return container
}

/** A copy of the article without the posts that it quotes. */
const withoutQuoted = (article: Nodes): Nodes => {
  const copy = article.clone()
  copy.find(css('article')).remove()
  const [own, ...others] = each(within(copy, 'author'))
  if (own) for (const author of others) quotedContainer(copy, author, own).remove()
  return copy
}

// Words in these are somebody's, not X's.
const NOT_A_LABEL = `${css('author')}, ${css('text')}, ${css('card')}, a, button, [role=group]`

/** By the link to the profile; failing that by the last `@name` that stands alone, since a display name comes first. */
const handleOf = (name: Nodes): string | undefined =>
  each(name.find('a[href]'))
    .map((link) => URL.parse(link.attr('href') ?? '', 'https://x.com')?.pathname ?? '')
    .map((path) => /^\/(\w{1,50})\/?$/u.exec(path)?.[1])
    .find((handle) => handle !== undefined) ??
  each(name.find('span'))
    .map((span) => /^@(\w{1,50})$/u.exec(span.text().trim())?.[1])
    .findLast((handle) => handle !== undefined)

/** An advertisement says so in an element of its own, outside names and texts; X wraps other entries in its tracking too. */
const isPromoted = (own: Nodes): boolean =>
  each(own.find('span')).some(
    (span) =>
      span.children().length === 0 && AD_LABEL.test(sentence(span.text())) && span.closest(NOT_A_LABEL).length === 0,
  )

const contextOf = (own: Nodes): Article['context'] => {
  const context = within(own, 'socialContext').first()
  const said = sentence(context.text())
  if (PROMOTED.test(said) || isPromoted(own)) return 'promoted'
  if (context.length === 0) return 'none'
  return PINNED.test(said) ? 'pinned' : 'reposted'
}

/**
 * Read one article; `undefined` when it has no permalink of its own around a time (promoted entries, placeholders).
 * Nothing of a quoted post is taken.
 */
export const readArticle = ($: Dom, article: Nodes, baseUrl: string): Article | undefined => {
  const own = withoutQuoted(article)
  const link = each(own.find('a[href*="/status"]')).find((candidate) => candidate.find('time[datetime]').length > 0)
  if (!link) return undefined
  const permalink = parsePermalink(link.attr('href') ?? '')
  const createdAt = new Date(link.find('time').attr('datetime') ?? '')
  const author = handleOf(within(own, 'author').first()) ?? permalink?.author
  if (!permalink || author === undefined || Number.isNaN(createdAt.getTime())) return undefined
  const cut = within(own, 'showMore').length > 0
  const text = readText($, within(own, 'text').first())
  return {
    post: {
      platformId: permalink.platformId,
      author,
      text: cut && !text.endsWith('…') ? `${text}…` : text,
      createdAt,
      url: URL.parse(link.attr('href') ?? '', baseUrl)?.href ?? '',
    },
    metrics: readMetrics(own, languageOf($)),
    context: contextOf(own),
    cut,
  }
}
