import type { Browser, Response } from 'playwright'
import type { StorageState } from '../metrics/script.ts'

/** When a post that a script wrote was live, and its id. */
export interface ByScript {
  readonly platformId: string
  readonly liveAt: number
}

const isCreate = (response: Response): boolean => new URL(response.url()).pathname.endsWith('/CreateTweet')

/** What the site answers to a create; see the playground's `graphql.ts`. */
interface Created {
  readonly data?: {
    readonly create_tweet?: { readonly tweet_results?: { readonly result?: { readonly rest_id?: string } } }
  }
}

/**
 * What anybody would write: the composer in a context of its own, the text, the button, the answer.
 * @throws Error when the site did not create it
 */
export const publishByScript = async (
  browser: Browser,
  siteUrl: string,
  storageState: StorageState,
  text: string,
): Promise<ByScript> => {
  const context = await browser.newContext({ storageState })
  try {
    const page = await context.newPage()
    await page.goto(`${siteUrl}/compose/post`, { waitUntil: 'domcontentloaded' })
    const composer = page.locator('[role=dialog]').filter({ has: page.locator('[data-testid=tweetTextarea_0]') })
    await composer.locator('[data-testid=tweetTextarea_0]').click()
    await page.keyboard.insertText(text)
    const [answer] = await Promise.all([
      page.waitForResponse(isCreate),
      composer.locator('[data-testid=tweetButton]').click(),
    ])
    const liveAt = Date.now()
    const { data } = (await answer.json()) as Created
    const platformId = data?.create_tweet?.tweet_results?.result?.rest_id
    if (platformId === undefined) throw new Error(`The site did not create "${text}": HTTP ${answer.status()}.`)
    return { platformId, liveAt }
  } finally {
    await context.close()
  }
}
