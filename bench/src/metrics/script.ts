import type { Metrics } from '@surepost/shared/contracts'
import { findChromium } from '@surepost/stack'
import { type Browser, type BrowserContextOptions, chromium } from 'playwright'

export type StorageState = NonNullable<BrowserContextOptions['storageState']>

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: findChromium() ?? '',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })

const WORDS = { replies: /repl/, reposts: /repost/, likes: /like/, bookmarks: /bookmark/, views: /view/ } as const
type Figure = keyof typeof WORDS

/** `48 replies, 152 reposts, …`: exact figures, of which the zeros are left out. */
const figuresOf = (label: string): Readonly<Record<Figure, number>> => {
  const parts = label.split(', ')
  const of = (words: RegExp): number => Number.parseInt(parts.find((part) => words.test(part)) ?? '0', 10)
  return {
    replies: of(WORDS.replies),
    reposts: of(WORDS.reposts),
    likes: of(WORDS.likes),
    bookmarks: of(WORDS.bookmarks),
    views: of(WORDS.views),
  }
}

/** What anybody would write: open the post in a context of its own, take the label of its figures, close. */
export const readByScript = async (
  browser: Browser,
  url: string,
  storageState: StorageState,
): Promise<Pick<Metrics, Figure>> => {
  const context = await browser.newContext({ storageState })
  try {
    const page = await context.newPage()
    await page.goto(url)
    const label = await page.locator('article [role=group][aria-label]').first().getAttribute('aria-label')
    return figuresOf(label ?? '')
  } finally {
    await context.close()
  }
}
