import { eventually, isolate } from '@surepost/testkit'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BehindGates, behindGates } from '../integration/behind-gates.ts'
import { go, launch, signedIn } from './browsing.ts'
import { type Stage, stage } from './stage.ts'

const env = await isolate()
let all: BehindGates
let api: BehindGates['api']
let staged: Stage
let browser: Browser
let page: Page
let complaints: string[]

beforeAll(async () => {
  all = await behindGates(env)
  api = all.api
  staged = await stage(env, all)
  browser = await launch()
  ;({ page, complaints } = await signedIn(browser, api.url))
})
afterAll(async () => {
  await browser.close()
  await staged[Symbol.asyncDispose]()
  await all[Symbol.asyncDispose]()
})

const dialog = () => page.getByRole('dialog')
const told = (text: string) => page.locator('.toast', { hasText: text }).last().waitFor()
const review = async (text: string, account = 'ada'): Promise<string> => {
  const post = { account, segments: [{ text }], approval: 'review' }
  return (await api.call('POST', '/v1/posts', post)).body.id
}
const asked = () => api.broker.asked.map(({ type }) => type)

test('a thread is written, weighed and submitted, and its page follows it', async () => {
  await page.getByRole('link', { name: 'Compose' }).click()
  await page.getByLabel('Account').selectOption('ada')
  await page.getByLabel('Text').fill('first, with a link https://example.com/a/rather/long/path')
  await page.getByRole('button', { name: 'Make it a thread' }).click()
  await page.getByLabel('Text of segment 2').fill('字'.repeat(141))
  await page.getByRole('status', { name: '282 of 280' }).waitFor()
  expect(await page.getByRole('button', { name: 'Publish' }).isDisabled()).toBe(true)
  await page.getByLabel('Text of segment 2').fill('second')
  await page.getByRole('button', { name: 'Move segment 2 up' }).click()
  // A button that was found before the segments changed places would keep its place, under another name.
  await eventually(async () => (await page.getByLabel('Text of segment 1').inputValue()) === 'second')
  await page.getByRole('button', { name: 'Move segment 1 down' }).click()
  await eventually(async () => (await page.getByLabel('Text of segment 2').inputValue()) === 'second')
  await page.getByRole('button', { name: 'Publish' }).click()
  await page.getByRole('heading', { name: 'Thread of 2' }).waitFor()
  expect(await page.locator('.segment .text').allTextContents()).toEqual([
    'first, with a link https://example.com/a/rather/long/path',
    'second',
  ])
  await page.locator('.history').getByText('post.dispatched').waitFor()
})

test('an answer is approved by keyboard, seen with whom it answers and why', async () => {
  await page.locator('main').focus()
  await page.keyboard.press('3')
  const proposed = page.locator('.approval', { hasText: 'It asks the platform first' })
  await proposed.getByText('what does it do when a click times out?').waitFor()
  await proposed.getByText('The conversation above it (2)').click()
  await proposed.getByText('Easy to say. Timeouts happen.').waitFor()
  await proposed.getByText('asks a question that the account can answer').waitFor()
  await proposed.focus()
  await page.keyboard.press('y')
  await proposed.waitFor({ state: 'detached' })
  await go(page, api.url, `posts/${staged.ids.answer}`)
  await page.locator('.history').getByText('post.approved').waitFor()
})

test('a post in review is edited, approved as it reads now, and rejected with a reason', async () => {
  await go(page, api.url, `posts/${await review('please raed')}`)
  await page.keyboard.press('e')
  await page.getByLabel('Text').fill('please read')
  await page.getByRole('button', { name: 'Save the edit' }).click()
  await page.locator('.segment .text', { hasText: 'please read' }).waitFor()
  await page.getByRole('button', { name: 'Approve' }).click()
  await page.getByRole('button', { name: 'Cancel post' }).waitFor()
  await page.locator('.history').getByText('post.approved').waitFor()

  await go(page, api.url, `posts/${await review('no')}`)
  await page.getByRole('button', { name: 'Reject' }).click()
  await dialog().getByLabel('Why').fill('not ours')
  await dialog().getByRole('button', { name: 'Reject' }).click()
  await told('Cancelled: nothing of it was created.')
  expect(api.broker.asked.at(-1)).toMatchObject({ type: 'post.cancel', body: { reason: 'rejected: not ours' } })
})

test('a post is cancelled after a question, and not when it is left', async () => {
  const scheduledAt = new Date(Date.now() + 86_400_000).toISOString()
  const { body } = await api.call('POST', '/v1/posts', { account: 'ada', segments: [{ text: 'later' }], scheduledAt })
  await go(page, api.url, `posts/${body.id}`)
  const before = asked().length
  await page.getByRole('button', { name: 'Cancel post' }).click()
  await dialog().getByRole('button', { name: 'Leave it' }).click()
  await dialog().waitFor({ state: 'detached' })
  expect(asked()).toHaveLength(before)
  await page.getByRole('button', { name: 'Cancel post' }).click()
  await dialog().getByRole('button', { name: 'Cancel it' }).click()
  await eventually(() => asked().length === before + 1)
  expect(asked().at(-1)).toBe('post.cancel')
})

test('a person says what became of a create that nobody saw, and deletes a live segment by its id', async () => {
  await go(page, api.url, `posts/${staged.ids.unknown}`)
  await page.getByRole('button', { name: 'Say what became of it' }).click()
  await dialog().getByLabel('its id or address').fill('https://x.com/lin_measures/status/1990000000000700001')
  await dialog().getByRole('button', { name: 'Say so' }).click()
  await told('Noted: it is live.')
  expect(api.broker.asked.at(-1)).toMatchObject({
    type: 'post.settle',
    body: { live: { platformId: '1990000000000700001' } },
  })
  await go(page, api.url, `posts/${staged.ids.live}`)
  await page.getByRole('button', { name: 'Delete segment 2' }).click()
  await dialog().getByRole('button', { name: 'Delete it' }).click()
  await told('Asked for: it is deleted')
})

test('dead letters are grouped by cause; one is edited and replayed, and the original stays; a group is replayed', async () => {
  await page.locator('main').focus()
  await page.keyboard.press('8')
  const pages = page.locator('.group', { hasText: 'has another layout' })
  const names = page.locator('.group', { hasText: 'There is no account' })
  await pages.getByText('5 letters').waitFor()
  await names.getByText('2 letters').waitFor()
  const id = (await names.locator('.letter-row .mono').first().textContent()) ?? ''
  await names.locator('.letter-row').first().click()
  const body = page.getByLabel('Body of the message')
  await body.fill((await body.inputValue()).replace('"ada"', '"No Body"'))
  await page.getByRole('button', { name: 'Replay edited' }).click()
  await page.locator('.error', { hasText: 'body.account' }).waitFor()
  await body.fill((await body.inputValue()).replace('"No Body"', '"lin"'))
  await page.getByRole('button', { name: 'Replay edited' }).click()
  await told('The original is kept here.')
  await eventually(() => staged.taken.length === 1)
  expect(staged.taken).not.toContain(id)

  await page.getByRole('link', { name: 'Back to the dead letters' }).click()
  await names.getByText('2 letters').waitFor()
  await pages.getByRole('button', { name: 'Replay all of these' }).click()
  await told('5 letters sent again.')
  await pages.waitFor({ state: 'detached' })
  await names.getByRole('button', { name: 'Discard' }).click()
  await dialog().getByRole('button', { name: 'Discard' }).click()
  await page.getByText('Every message was handled.').waitFor()
  await eventually(() => staged.taken.length === 6)
})

test('a new post appears in the list without a reload', async () => {
  await go(page, api.url, 'posts')
  await api.call('POST', '/v1/posts', { account: 'ada', segments: [{ text: 'seen at once' }] })
  await page.locator('.post-row', { hasText: 'seen at once' }).waitFor()
})

test('an account is paused with a reason, and resumed', async () => {
  await page.getByRole('link', { name: 'Accounts' }).click()
  const ada = page.getByRole('region', { name: 'ada', exact: true })
  await ada.getByRole('button', { name: 'Pause' }).click()
  await dialog().getByLabel('Why').fill('holiday')
  await dialog().getByRole('button', { name: 'Pause it' }).click()
  await ada.getByText('holiday').waitFor()
  await ada.getByRole('button', { name: 'Resume' }).click()
  await ada.getByRole('button', { name: 'Pause' }).waitFor()
  expect(asked().slice(-2)).toEqual(['account.pause', 'account.resume'])
})

test('an account is removed after a question, and not when it is left', async () => {
  const config = { platform: 'x', handle: 'nobody_now' }
  await api.call('PUT', '/v1/accounts/nobody', config)
  const nobody = page.getByRole('region', { name: 'nobody', exact: true })
  await go(page, api.url, 'accounts')
  await nobody.getByRole('button', { name: 'Remove' }).click()
  await dialog().getByRole('button', { name: 'Leave it' }).click()
  await dialog().waitFor({ state: 'detached' })
  expect(asked().at(-1)).toBe('account.configure')
  await nobody.getByRole('button', { name: 'Remove' }).click()
  await dialog().getByRole('button', { name: 'Remove it' }).click()
  await told('@nobody is removed.')
  await nobody.waitFor({ state: 'detached' })
  expect(api.broker.asked.at(-1)).toMatchObject({ type: 'account.remove', body: { account: 'nobody' } })
})

test('the overview names the alerts that stand', async () => {
  await go(page, api.url, 'overview')
  const named = page.locator('.notice').getByText('Account grace is paused: X asks for a sign-in.', { exact: false })
  await named.waitFor()
  await page.locator('.notice').getByText('its pages do not work.').waitFor()
})

/** What the page may take to say it, as the guarantee has it. */
const SAYS_WITHIN_MS = 10_000

test.each(['database', 'rabbit'] as const)('what is away (%s) is named within 10 s, until it is back', async (what) => {
  const name = what === 'rabbit' ? 'RabbitMQ' : what
  await go(page, api.url, 'overview')
  const banner = page.getByRole('alert').filter({ hasText: `${name} is away` })
  await banner.waitFor({ state: 'detached' })
  all[what].shut()
  await banner.waitFor({ timeout: SAYS_WITHIN_MS })
  all[what].open()
  await banner.waitFor({ state: 'detached', timeout: 40_000 })
})

test('a broker that does not answer is named, and forgotten when it does', async () => {
  const banner = page.getByRole('alert').filter({ hasText: 'The browser-broker 0 is away' })
  api.broker.away = true
  await banner.waitFor({ timeout: SAYS_WITHIN_MS })
  api.broker.away = false
  await banner.waitFor({ state: 'detached' })
})

test('keys are listed, the first Tab skips to the content, and signing out ends it', async () => {
  await page.reload()
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  await page.keyboard.press('Tab')
  expect(await page.locator(':focus').textContent()).toBe('Skip to the content')
  await page.keyboard.press('Enter')
  expect(await page.locator(':focus').getAttribute('id')).toBe('view')
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).getByText('Dead letters').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('API key').waitFor()
  expect(complaints).toEqual([])
})
