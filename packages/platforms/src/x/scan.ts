import type { PlatformId } from '@surepost/shared/contracts'
import type { Call, ListReading } from '../platform.ts'
import { arrive, listBarrier } from './barrier.ts'
import { type Driver, WAITS, html, step, withPage } from './driver.ts'
import type { Site } from './publish.ts'
import { parse } from './read/dom.ts'
import { pageText } from './read/page.ts'
import { type ListedPost, readTimeline } from './read/timeline.ts'
import { WENT_WRONG } from './read/words.ts'
import { css } from './selectors.ts'

/** Which list is read, whose posts count, and when enough of it was seen. */
export interface Scan {
  readonly path: string
  /** `null`: everybody's. */
  readonly handle: string | null
  /** Whether the posts found so far, newest first as the list shows them, cover what was asked for. */
  readonly covered: (items: readonly ListedPost[]) => boolean
}

// What the page's own JavaScript has; this package is not compiled against the DOM's types.
declare const document: {
  querySelectorAll(selector: string): Iterable<{ getAttribute(name: string): string | null }>
  readonly documentElement: { readonly scrollHeight: number }
}
declare const window: { readonly innerHeight: number; readonly scrollY: number; scrollBy(x: number, y: number): void }

/** Bounds of one reading: more than this is not a look at a timeline but a crawl of it. */
const MOST_SCROLLS = 150
const MOST_POSTS = 2_000
/** A list that has not changed for so long at its end has ended (X loads on in well under a second). */
const SETTLE_MS = 1_200
/** How often a spinner at the end is waited for that long: about as long as for a page. */
const MOST_SETTLES = Math.ceil(WAITS.show / SETTLE_MS)
/** Part of the window's height that one scroll goes down: less than all of it, so that no article is passed unseen. */
const STRIDE = 0.8

/** What of the list is in the page right now, as a text to compare; `false` when it is what was `seen` before. */
const look = ({ articles, seen }: { readonly articles: string; readonly seen: string }): string | false => {
  const links = [...document.querySelectorAll(`${articles} a[href*="/status/"]`)].map((link) =>
    link.getAttribute('href'),
  )
  const now = `${document.documentElement.scrollHeight} ${links.join(' ')}`
  return now === seen ? false : now
}

/** Scroll down by a part of the window's height. @returns whether the bottom is reached (to a pixel of rounding) */
const stride = (part: number): boolean => {
  window.scrollBy(0, window.innerHeight * part)
  return window.scrollY + window.innerHeight >= document.documentElement.scrollHeight - 1
}

const scroll = ({ page, signal }: Driver): Promise<{ readonly seen: string; readonly atEnd: boolean }> =>
  step('scroll the list', WAITS.act, signal, async () => {
    const seen = (await page.evaluate(look, { articles: css('article'), seen: '' })) || ''
    return { seen, atEnd: await page.evaluate(stride, STRIDE) }
  })

/** Wait until the list shows something else than `seen`. @returns whether it did within the settling time */
const changes = ({ page, signal }: Driver, seen: string): Promise<boolean> =>
  step('wait for the list', SETTLE_MS + 2_000, signal, () =>
    page.waitForFunction(look, { articles: css('article'), seen }, { timeout: SETTLE_MS, polling: 50 }).then(
      () => true,
      () => false,
    ),
  )

/** What stands at the end of a list that does not change: nothing more, a spinner, or words of failure. */
const endOf = (content: string): 'ended' | 'loading' | 'broken' => {
  const $ = parse(content)
  if (WENT_WRONG.test(pageText($))) return 'broken'
  return $('section [role=progressbar]').length > 0 ? 'loading' : 'ended'
}

const collect = async (driver: Driver, site: Site, scan: Scan, beganAt: Date): Promise<ListReading<ListedPost>> => {
  const found = new Map<PlatformId, ListedPost>()
  let patience = MOST_SETTLES
  for (let scrolls = 0; scrolls < MOST_SCROLLS && found.size < MOST_POSTS; scrolls += 1) {
    const content = await html(driver)
    const view = readTimeline(content, { handle: scan.handle, url: driver.page.url(), baseUrl: site.baseUrl })
    if (view.kind !== 'read') return view
    for (const post of view.items)
      if (!found.has(post.platformId) || found.get(post.platformId)?.pinned === true) found.set(post.platformId, post)
    const items = [...found.values()]
    if (scan.covered(items)) return { kind: 'read', items, complete: true, beganAt }
    const { seen, atEnd } = await scroll(driver)
    if (await changes(driver, seen)) patience = MOST_SETTLES
    else if (atEnd) {
      const end = endOf(await html(driver))
      patience -= 1
      if (end !== 'loading' || patience === 0) return { kind: 'read', items, complete: end === 'ended', beganAt }
    }
  }
  return { kind: 'read', items: [...found.values()], complete: false, beganAt }
}

/**
 * Read a list from its top, scrolling its window down until it is covered or ends. `complete` only when one of the two
 * was seen; absence from any other reading means nothing.
 */
export const scanList = async (driver: Driver, site: Site, scan: Scan): Promise<ListReading<ListedPost>> => {
  const beganAt = new Date()
  const barrier = await arrive(driver, `${site.baseUrl}${scan.path}`, ['article', 'emptyList'], site.identity.handle)
  return barrier ? listBarrier(barrier) : collect(driver, site, scan, beganAt)
}

/** The same with a page of its own; a page that does not work is an unreadable list. */
export const readList = (site: Site, scan: Scan, call: Call): Promise<ListReading<ListedPost>> =>
  withPage(site.context, call, (driver) => scanList(driver, site, scan))
