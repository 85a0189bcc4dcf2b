import { type Browser, type BrowserContext, type Page, chromium } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type LedgerEntry, type Playground, createPlayground } from '../../src/index.ts'

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const ARGS = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

let site: Playground
let browser: Browser
let context: BrowserContext
let page: Page
let broken: string[]

beforeAll(async () => {
  site = await createPlayground()
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS })
})
afterAll(async () => {
  await browser.close()
  await site[Symbol.asyncDispose]()
})
beforeEach(async () => {
  context = await browser.newContext()
  page = await context.newPage()
  broken = []
  page.on('pageerror', (error) => broken.push(error.message))
})
afterEach(async () => {
  await context.close()
  expect(broken).toEqual([])
})

const ledger = async (): Promise<readonly LedgerEntry[]> =>
  (await (await fetch(`${site.url}/ledger`)).json()) as readonly LedgerEntry[]

const of = async (handle: string): Promise<readonly LedgerEntry[]> =>
  (await ledger()).filter((post) => post.handle === handle)

const enter = async (handle: string): Promise<void> => {
  await page.goto(`${site.url}/home`)
  await eventually(() => page.url()).toContain('/i/flow/login')
  await page.getByPlaceholder('or a new handle').fill(handle)
  await page.getByRole('button', { name: 'Join' }).click()
  await page.getByTestId('SideNav_AccountSwitcher_Button').waitFor()
}

const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 30_000 })

const dialog = (): ReturnType<Page['locator']> => page.locator('[role=dialog][aria-modal=true]')

describe('the playground by hand', () => {
  it('lets one in as anybody, and out again', async () => {
    await enter('hand_in')
    await page.getByTestId('SideNav_AccountSwitcher_Button').click()
    await page.getByRole('button', { name: '@hand_in' }).click()
    await page.getByTestId('AppTabBar_Profile_Link').click()
    await eventually(() => page.getByTestId('UserName').innerText()).toContain('@hand_in')
  })

  it('posts what is typed, and shows it at once', async () => {
    await enter('hand_post')
    const button = page.getByTestId('tweetButtonInline')
    expect(await button.isDisabled()).toBe(true)
    await page.getByTestId('tweetTextarea_0').click()
    await page.keyboard.type('First line')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await page.keyboard.type('third line')
    await button.click()
    await page.getByTestId('toast').waitFor()
    await page.locator('article', { hasText: 'third line' }).waitFor()
    expect((await of('hand_post')).map((post) => post.text)).toEqual(['First line\n\nthird line'])
    expect(await button.isDisabled()).toBe(true)
  })

  it('will not send too much, and says by how much', async () => {
    await enter('hand_long')
    await page.getByTestId('tweetTextarea_0').fill('世'.repeat(141))
    await eventually(() => page.locator('.ring-left').first().innerText()).toBe('-2')
    expect(await page.getByTestId('tweetButtonInline').isDisabled()).toBe(true)
  })

  it('writes a thread, each part an answer to the one before', async () => {
    await enter('hand_thread')
    await page.getByTestId('SideNav_NewTweet_Button').click()
    await dialog().getByTestId('tweetTextarea_0').fill('One')
    await dialog().getByTestId('addButton').click()
    await dialog().getByTestId('tweetTextarea_1').fill('Two')
    await dialog().getByRole('button', { name: 'Post all' }).click()
    await page.getByTestId('toast').waitFor()
    await eventually(() => page.url()).toBe(`${site.url}/home`)
    const [one, two] = await of('hand_thread')
    expect([one?.text, one?.inReplyTo, two?.text, two?.inReplyTo]).toEqual(['One', null, 'Two', one?.id])
  })

  it('answers, likes and deletes from the page', async () => {
    await enter('hand_acts')
    const { id } = site.world.addPost({ handle: site.world.addAccount('hand_other', 'Other').handle, text: 'Ask me' })
    await page.goto(`${site.url}/hand_other/status/${id}`)
    const focal = page.locator('article.focal')
    await focal.getByTestId('like').click()
    await focal.getByTestId('unlike').waitFor()
    expect(site.world.marked(id, 'hand_acts', 'like')).toBe(true)
    await focal.getByTestId('reply').click()
    await dialog().getByTestId('tweetTextarea_0').fill('I ask')
    await dialog().getByTestId('tweetButton').click()
    const answer = page.locator('article', { hasText: 'I ask' })
    await answer.waitFor()
    expect((await of('hand_acts')).map((post) => post.inReplyTo)).toEqual([id])
    await answer.getByTestId('caret').click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByTestId('confirmationSheetConfirm').click()
    await answer.waitFor({ state: 'detached' })
    expect((await of('hand_acts')).map((post) => post.deletedAt === null)).toEqual([false])
  })

  it('keeps only the articles near the window in a long list', async () => {
    await enter('hand_lists')
    for (let n = 0; n < 60; n += 1) site.world.addPost({ handle: 'hand_lists', text: `Number ${n}` })
    await page.goto(`${site.url}/hand_lists`)
    await page.locator('article', { hasText: 'Number 59' }).waitFor()
    expect(await page.locator('article').count()).toBeLessThan(25)
    await page.mouse.move(400, 500)
    await eventually(async () => {
      await page.mouse.wheel(0, 1_500)
      return page.locator('article', { hasText: 'Number 0' }).count()
    }).toBe(1)
    expect(await page.locator('article', { hasText: 'Number 59' }).count()).toBe(0)
    expect(await page.locator('article').count()).toBeLessThan(25)
  })

  it('follows a shortened address to where it leads', async () => {
    await enter('hand_links')
    const target = `${site.url}/readyz?${'long='.repeat(9)}1`
    const { id } = site.world.addPost({ handle: 'hand_links', text: `See ${target}` })
    await page.goto(`${site.url}/i/status/${id}`)
    expect(page.url()).toBe(`${site.url}/hand_links/status/${id}`)
    const href = await page.locator('article.focal [data-testid=tweetText] a').getAttribute('href')
    expect(href).toMatch(/^\/t\.co\/\w{10}$/u)
    const answer = await fetch(`${site.url}${href ?? ''}`, { redirect: 'manual' })
    expect(answer.headers.get('location')).toBe(target)
  })
})
