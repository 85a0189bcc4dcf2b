import type { Metrics } from '@surepost/shared/contracts'
import type { PostReading, SeenPost } from '../../platform.ts'
import { css } from '../selectors.ts'
import { readArticle } from './article.ts'
import { type Dom, parse } from './dom.ts'
import { readSessionTrouble, readTrouble } from './page.ts'
import { X_BASE_URL, sameHandle, topArticles } from './post.ts'

/** A post of a list, with the figures that the list shows of it. */
export interface ListedPost extends SeenPost {
  readonly metrics: Metrics
  /** Only the beginning of the text is shown; its own page has the whole. */
  readonly cut: boolean
}

/** What one view of a list holds. A list is longer than its window: absence from one view means nothing. */
export type TimelineReading =
  | { readonly kind: 'read'; readonly items: readonly ListedPost[] }
  | Exclude<PostReading, { kind: 'read' } | { kind: 'throttled' } | { kind: 'deleted' }>

export interface WantedTimeline {
  /** Whose posts; when left out, the profile that the page shows, and on other pages everybody's. `null`: everybody's. */
  readonly handle?: string | null
  readonly url?: string
  readonly baseUrl?: string
}

const profileHandle = ($: Dom): string | undefined => {
  const header = $(css('profileName')).text()
  return /@(\w{1,50})/u.exec(header)?.[1]
}

/**
 * Read the posts of a profile, a search or a notifications page, in the page's order. Promoted and reposted entries,
 * quoted posts and, on a profile, the posts of others that its answers hang from are left out; a pinned post is
 * marked, since it stands outside the order. A signed-out profile is no reading at all: X shows visitors a selection.
 */
export const readTimeline = (html: string, wanted: WantedTimeline = {}): TimelineReading => {
  const $ = parse(html)
  const barrier = readSessionTrouble($, wanted.url)
  if (barrier) return notDeleted(barrier)
  const handle = wanted.handle === undefined ? profileHandle($) : (wanted.handle ?? undefined)
  const articles = topArticles($)
  const items = articles
    .map((article) => readArticle($, article, wanted.baseUrl ?? X_BASE_URL))
    .filter((article) => article !== undefined)
    .filter(({ context }) => context === 'none' || context === 'pinned')
    .filter(({ post }) => handle === undefined || sameHandle(post.author, handle))
    .map(
      ({ post, metrics, context, cut }): ListedPost => ({
        ...post,
        inReplyTo: null,
        pinned: context === 'pinned',
        metrics,
        cut,
      }),
    )
  if (articles.length > 0 || $(css('emptyList')).length > 0) return { kind: 'read', items }
  return notDeleted(readTrouble($, wanted.url))
}

const notDeleted = (trouble: ReturnType<typeof readTrouble>): TimelineReading =>
  trouble.kind === 'deleted'
    ? { kind: 'unreadable', cause: 'no_such_page', detail: 'The page does not exist.' }
    : trouble
