import { isolate } from '@surepost/testkit'
import { type Browser, type Page, chromium } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { API_KEY, type TestConsole, testConsole } from '../integration/fixture.ts'
import { type Recorder, recorder } from '../integration/recorder.ts'

const ARGS = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

const env = await isolate()
let api: TestConsole
let recorded: Recorder
let browser: Browser
let page: Page
const complaints: string[] = []

beforeAll(async () => {
  api = await testConsole(env)
  recorded = await recorder(env, api.bus)
  browser = await chromium.launch({ executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium', args: ARGS })
  page = await browser.newPage()
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  await page.goto(api.url)
  await page.getByLabel('API key').fill(API_KEY)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
})
afterAll(async () => {
  await browser.close()
  await recorded[Symbol.asyncDispose]()
  await api[Symbol.asyncDispose]()
})

const texts = () => page.locator('.segment .text').allTextContents()

test('a thread is written, weighed and submitted, and its page follows it', async () => {
  await page.getByRole('link', { name: 'Compose' }).click()
  await page.getByLabel('Text').fill('first, with a link https://example.com/a/rather/long/path')
  await page.getByRole('button', { name: 'Make it a thread' }).click()
  await page.getByLabel('Text of segment 2').fill('字'.repeat(141))
  await page.getByRole('status', { name: '282 of 280' }).waitFor()
  expect(await page.getByRole('button', { name: 'Publish' }).isDisabled()).toBe(true)
  await page.getByLabel('Text of segment 2').fill('second')
  await page.getByRole('button', { name: 'Publish' }).click()
  await page.getByRole('heading', { name: 'Thread of 2' }).waitFor()
  expect(await texts()).toEqual(['first, with a link https://example.com/a/rather/long/path', 'second'])
  await page.locator('.history').getByText('post.dispatched').waitFor()
})

test('a post in review is approved by hand', async () => {
  const { body } = await api.call('POST', '/v1/posts', {
    account: 'ada',
    segments: [{ text: 'please read' }],
    approval: 'review',
  })
  await page.goto(`${api.url}/#/posts/${body.id}`)
  await page.getByRole('button', { name: 'Approve' }).click()
  await page.locator('.history').getByText('post.approved').waitFor()
  await page.getByRole('button', { name: 'Cancel post' }).waitFor()
})

test('a new post appears in the list without a reload', async () => {
  await page.goto(`${api.url}/#/posts`)
  await page.getByRole('heading', { name: 'Posts' }).waitFor()
  await api.call('POST', '/v1/posts', { account: 'ada', segments: [{ text: 'seen at once' }] })
  await page.locator('.post-row', { hasText: 'seen at once' }).waitFor()
})

test('an account is paused and resumed', async () => {
  await page.getByRole('link', { name: 'Accounts' }).click()
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.getByRole('button', { name: 'Pause' }).waitFor()
  expect(api.broker.asked.map(({ type }) => type).slice(-2)).toEqual(['account.pause', 'account.resume'])
})

test('it is used by keyboard, fits a phone, and nothing broke its policy', async () => {
  await page.keyboard.press('1')
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await page.setViewportSize({ width: 360, height: 740 })
  for (const view of ['overview', 'posts', 'compose', 'accounts', 'system']) {
    await page.goto(`${api.url}/#/${view}`)
    await page.locator('h1').waitFor()
    expect([view, await page.evaluate('document.documentElement.scrollWidth - innerWidth')]).toEqual([view, 0])
  }
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('API key').waitFor()
  expect(complaints).toEqual([])
})
