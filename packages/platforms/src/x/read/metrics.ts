import type { Metrics } from '@surepost/shared/contracts'
import type { SelectorName } from '../selectors.ts'
import { type Nodes, each, within } from './dom.ts'
import { parseCount } from './numbers.ts'
import { type Figure, figureNamed } from './words.ts'

type Figures = Partial<Record<Figure, number>>

// Between the parts of the group's label; a comma between digits groups thousands.
const BETWEEN = /(?:(?<!\d),|,(?!\d)|[、，،؛;；·•|])\s*/u
/** Where the next number begins after words, in a part that names several figures. */
const BEFORE_NUMBER = /(?<=[\p{L}\p{M}]\P{N}*\s)(?=\p{N})/u
const IN_ORDER = ['replies', 'reposts', 'likes', 'bookmarks', 'views'] as const

const BUTTONS: readonly (readonly [Figure, SelectorName])[] = [
  ['replies', 'replyButton'],
  ['reposts', 'repostButton'],
  ['likes', 'likeButton'],
  ['bookmarks', 'bookmarkButton'],
  ['views', 'viewsLink'],
]

// Figures that some layouts of a post's own page show as links with the count inside.
const LISTS: readonly (readonly [Figure, string])[] = [
  ['quotes', 'a[href$="/quotes"], a[href$="/retweets/with_comments"]'],
  ['reposts', 'a[href$="/retweets"], a[href$="/reposts"]'],
  ['likes', 'a[href$="/likes"]'],
]

// A label that is whole leaves out what is zero. Views are not among them: a post that is seen has one, and old posts show none.
const ZERO_WHEN_LEFT_OUT: readonly Figure[] = ['replies', 'reposts', 'likes', 'bookmarks']

interface Part {
  readonly figure: Figure | undefined
  readonly count: number | null
}

const partsOf = (label: string, language?: string): readonly Part[] =>
  label
    .split(BETWEEN)
    .flatMap((part) => (figureNamed(part) === undefined ? part.split(BEFORE_NUMBER) : [part]))
    .filter((part) => part.trim() !== '')
    .map((part) => ({ figure: figureNamed(part), count: parseCount(part, language) }))

/** All five are there, each with a count, and every one whose name is known stands in its place. */
const isInOrder = (parts: readonly Part[]): boolean =>
  parts.length === IN_ORDER.length &&
  parts.every(({ figure, count }, n) => count !== null && (figure === undefined || figure === IN_ORDER[n]))

/** What the label of the group says, and whether every part of it was understood. */
export const readGroupLabel = (
  label: string,
  language?: string,
): { readonly figures: Figures; readonly whole: boolean } => {
  const parts = partsOf(label, language)
  if (isInOrder(parts))
    return { figures: Object.fromEntries(IN_ORDER.map((figure, n) => [figure, parts[n]?.count])), whole: true }
  const known = parts.filter(({ figure, count }) => figure !== undefined && count !== null)
  if (new Set(known.map(({ figure }) => figure)).size < known.length) return { figures: {}, whole: false }
  return {
    figures: Object.fromEntries(known.map(({ figure, count }) => [figure, count])),
    whole: known.length > 0 && known.length === parts.length,
  }
}

const fromLabels = (article: Nodes, language?: string): Figures => {
  const counts = BUTTONS.map(
    ([figure, name]) => [figure, parseCount(within(article, name).first().attr('aria-label') ?? '', language)] as const,
  )
  return Object.fromEntries(counts.filter(([, count]) => count !== null))
}

const fromText = (article: Nodes, language?: string): Figures => {
  const shown = (nodes: Nodes): number | null => parseCount(within(nodes, 'count').first().text(), language)
  const buttons = BUTTONS.map(([figure, name]) => [figure, shown(within(article, name).first())] as const)
  const lists = LISTS.map(
    ([figure, selector]) => [figure, parseCount(article.find(selector).first().text(), language)] as const,
  )
  return Object.fromEntries([...buttons, ...lists].filter(([, count]) => count !== null))
}

/** The focal post of a page shows its views beside the date, outside any button or link. */
const viewsBesideDate = (article: Nodes, language?: string): Figures => {
  const outside = each(within(article, 'count')).findLast(
    (count) => count.closest('button, a, [role=group]').length === 0,
  )
  if (!outside) return {}
  const isViews = figureNamed(outside.closest('[dir]').text()) === 'views'
  const count = isViews ? parseCount(outside.text(), language) : null
  return count === null ? {} : { views: count }
}

/**
 * The figures of one post's article, from which quoted posts were taken out. The exact labels come first (the group's,
 * then the buttons' and the analytics link's), the abbreviated text last. What none of them shows is `null`, except
 * that X leaves zero parts out of the group's label: when every part of that label was understood, replies, reposts,
 * likes and bookmarks that it leaves out (and nothing else shows) are 0.
 */
export const readMetrics = (article: Nodes, language?: string): Metrics => {
  const label = each(within(article, 'metricsGroup'))
    .toSorted((a, b) => within(b, 'replyButton').length - within(a, 'replyButton').length)
    .map((group) => readGroupLabel(group.attr('aria-label') ?? '', language))
    .find(({ figures }) => Object.keys(figures).length > 0)
  const implied = label?.whole === true ? Object.fromEntries(ZERO_WHEN_LEFT_OUT.map((figure) => [figure, 0])) : {}
  const nothing: Metrics = { replies: null, reposts: null, quotes: null, likes: null, bookmarks: null, views: null }
  return {
    ...nothing,
    ...implied,
    ...viewsBesideDate(article, language),
    ...fromText(article, language),
    ...fromLabels(article, language),
    ...label?.figures,
  }
}
