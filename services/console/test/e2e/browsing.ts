import { type Browser, type BrowserContextOptions, type Page, chromium } from 'playwright'
import { API_KEY } from '../integration/fixture.ts'

const ARGS = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium', args: ARGS })

/** A page of the console that is signed in, and what the browser complained of: errors of scripts, refusals of the policy. */
export interface SignedIn {
  readonly page: Page
  readonly complaints: string[]
}

export const signedIn = async (
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<SignedIn> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    // What a dependency that was taken away answers is no complaint.
    if (message.type() === 'error' && !/status of (?:401|404|409|422|503)/.test(message.text()))
      complaints.push(message.text())
  })
  await page.goto(url)
  await page.getByLabel('API key').fill(API_KEY)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor()
  return { page, complaints }
}

/** Goes to a view and waits until it has read what it shows. */
export const go = async (page: Page, url: string, view: string): Promise<void> => {
  await page.goto(`${url}/#/${view}`)
  await page.locator(`main[data-view='${view}'] h1`).waitFor()
  await page.getByText('Reading…').first().waitFor({ state: 'detached' })
}
