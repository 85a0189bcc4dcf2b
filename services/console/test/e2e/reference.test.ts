import { isolate } from '@surepost/testkit'
import { type Browser, chromium } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { API_KEY, type TestConsole, testConsole } from '../integration/fixture.ts'

const env = await isolate()
let api: TestConsole
let browser: Browser
beforeAll(async () => {
  api = await testConsole(env)
  const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
})
afterAll(async () => {
  await browser.close()
  await api[Symbol.asyncDispose]()
})

test('the API is tried on its page: without a key it says what lacks, with one it answers; its policy is kept', async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } })
  const complaints: string[] = []
  const asked = new Set<string>()
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('request', (request) => asked.add(new URL(request.url()).origin))
  await page.goto(new URL('/docs', api.url).href)
  const accounts = page.locator('#operations-accounts-getAccounts')
  await accounts.getByRole('button').first().click()
  await accounts.getByRole('button', { name: 'Try it out' }).click()
  await accounts.getByRole('button', { name: 'Execute' }).click()
  const answer = accounts.locator('.live-responses-table')
  await answer.getByText('urn:surepost:problem:unauthorized').first().waitFor()

  await page.getByRole('button', { name: 'Authorize' }).first().click()
  await page.locator('.auth-container input').fill(API_KEY)
  await page.locator('.auth-btn-wrapper').getByRole('button', { name: 'Apply credentials' }).click()
  await page.locator('.auth-btn-wrapper').getByRole('button', { name: 'Close' }).click()
  await accounts.getByRole('button', { name: 'Execute' }).click()
  await answer.getByText('ada_writes').first().waitFor()

  const shot = process.env['SUREPOST_REFERENCE_SHOT']
  if (shot !== undefined) await page.screenshot({ path: shot })
  expect([...asked].filter((origin) => origin.startsWith('http'))).toEqual([new URL(api.url).origin])
  // The one complaint is the browser's, about the 401 that was asked for.
  expect(complaints.filter((complaint) => !complaint.includes('401'))).toEqual([])
})
