import type { Locator } from 'playwright'
import type { PlatformId } from '@surepost/shared/contracts'
import { type Driver, WAITS, appears, step } from './driver.ts'
import { readArticle } from './read/article.ts'
import { parse } from './read/dom.ts'
import { X_BASE_URL, topArticles } from './read/post.ts'
import { css } from './selectors.ts'

/**
 * The article whose own permalink is `platformId`: on a conversation page neither the first one nor one that only
 * quotes or links to it. Each candidate is read by the same reader that reads pages.
 */
export const articleOf = async ({ page, signal }: Driver, platformId: PlatformId): Promise<Locator | undefined> => {
  const candidates = page.locator(css('article')).filter({ has: page.locator(`a[href*="/status/${platformId}"]`) })
  const htmls = await step('look for the article', WAITS.act, signal, () =>
    candidates.evaluateAll((elements) => elements.map((element) => element.outerHTML)),
  )
  const at = htmls.findIndex((html) => {
    const $ = parse(html)
    const [article] = topArticles($)
    return article !== undefined && readArticle($, article, X_BASE_URL)?.post.platformId === platformId
  })
  return at === -1 ? undefined : candidates.nth(at)
}

/** How long a post that its page should show may come after the first one, in milliseconds. */
const LATER_MS = 3_000

/** Wait a little for a post to be on the page; a conversation's parts may come one after another. */
export const awaitPost = async (driver: Driver, platformId: PlatformId): Promise<void> => {
  const link = driver.page.locator(css('article')).locator(`a[href*="/status/${platformId}"]`)
  await appears(driver, [], LATER_MS, [link])
}
