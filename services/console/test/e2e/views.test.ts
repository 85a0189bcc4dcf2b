import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import { isolate } from '@surepost/testkit'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BehindGates, behindGates } from '../integration/behind-gates.ts'
import { API_KEY } from '../integration/fixture.ts'
import { type SignedIn, go, launch, signedIn } from './browsing.ts'
import { type Stage, stage } from './stage.ts'

/** With SUREPOST_SCREENSHOTS a folder gets pictures of every view; `docs` stands for docs/images, which gets a few. */
const WANTED = process.env['SUREPOST_SCREENSHOTS']
const DOCS = fileURLToPath(new URL('../../../../docs/images/', import.meta.url))

const env = await isolate()
let all: BehindGates
let staged: Stage
let browser: Browser

beforeAll(async () => {
  all = await behindGates(env)
  staged = await stage(env, all)
  browser = await launch()
})
afterAll(async () => {
  await browser.close()
  await staged[Symbol.asyncDispose]()
  await all[Symbol.asyncDispose]()
})

const letterPath = async (): Promise<string> => {
  const { body } = await all.api.call('GET', '/v1/dead/scraper.metrics?limit=1')
  return `dead/scraper.metrics/${body.letters[0].id}`
}

/** Every view by its name: where it is. */
const views = async (): Promise<readonly (readonly [name: string, path: string])[]> => [
  ['overview', 'overview'],
  ['posts', 'posts'],
  ['post', `posts/${staged.ids.live}`],
  ['answer', `posts/${staged.ids.answer}`],
  ['unknown', `posts/${staged.ids.unknown}`],
  ['approvals', 'approvals'],
  ['compose', 'compose'],
  ['metrics', 'metrics'],
  ['accounts', 'accounts'],
  ['queues', 'queues'],
  ['dead', 'dead'],
  ['letter', await letterPath()],
  ['browsers', 'browsers'],
  ['jobs', 'jobs'],
  ['alerts', 'alerts'],
  ['more', 'more'],
]

/** What the README and the console's page show. */
const IN_DOCS: Readonly<Record<string, string>> = {
  'overview-light-1280': 'console',
  'overview-dark-1280': 'console-dark',
  'post-light-1280': 'console-post',
  'approvals-light-1280': 'console-approvals',
  'dead-dark-1280': 'console-dead-letters',
  'overview-light-390': 'console-phone',
}

const picture = async (page: Page, name: string): Promise<void> => {
  if (WANTED === undefined) return
  const folder = WANTED === 'docs' ? DOCS : WANTED
  const file = WANTED === 'docs' ? IN_DOCS[name] : name
  if (file === undefined) return
  await mkdir(folder, { recursive: true })
  await page.screenshot({ path: `${folder}/${file}.png`, animations: 'disabled' })
}

/** Charts are drawn a moment after their figures are there. */
const drawn = async (page: Page): Promise<void> => {
  for (const chart of await page.locator('surepost-chart').all()) await chart.locator('canvas').waitFor()
}

/** What axe finds, in words, with where. */
const violations = async (page: Page): Promise<string[]> => {
  const found = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze()
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help} at ${target.join(' ')}: ${failureSummary}`),
  )
}

const overflow = (page: Page): Promise<number> => page.evaluate('document.documentElement.scrollWidth - innerWidth')

const look = async ({ page }: SignedIn, variant: string): Promise<string[]> => {
  const troubles: string[] = []
  for (const [name, path] of await views()) {
    await go(page, all.api.url, path)
    await drawn(page)
    await picture(page, `${name}-${variant}`)
    const found = await violations(page)
    if ((await overflow(page)) > 0) found.push('it is wider than its window')
    troubles.push(...found.map((trouble) => `${name}: ${trouble}`))
  }
  return troubles
}

// On a phone the same colours stand elsewhere: one of the two is enough, unless pictures of both are wanted.
test.each([
  ['light', 1280],
  ['dark', 1280],
  ['light', 390],
  ...(WANTED === undefined ? [] : [['dark', 390] as const]),
] as const)(
  'in %s, %i wide, no view has anything for axe, is too wide, or breaks its policy',
  async (colorScheme, width) => {
    const height = width < 500 ? 844 : 860
    const signed = await signedIn(browser, all.api.url, { colorScheme, viewport: { width, height } })
    expect(await look(signed, `${colorScheme}-${width}`)).toEqual([])
    expect(signed.complaints).toEqual([])
    await signed.page.context().close()
  },
)

test.each(['light', 'dark'] as const)(
  'the sign-in has nothing for axe in %s, and the key is nowhere in the page',
  async (colorScheme) => {
    const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 860 } })
    const page = await context.newPage()
    await page.goto(all.api.url)
    await page.getByLabel('API key').waitFor()
    await picture(page, `sign-in-${colorScheme}-1280`)
    expect(await violations(page)).toEqual([])
    await page.getByLabel('API key').fill(API_KEY)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
    const held = await page.evaluate(
      '[document.documentElement.outerHTML, document.cookie, ...Object.values(localStorage), ...Object.values(sessionStorage)].join(" ")',
    )
    expect(held).not.toContain(API_KEY)
    expect(held).not.toContain('surepost_session')
    await context.close()
  },
)
