import { createPlayground } from '@surepost/playground'
import { type Browser, type BrowserContext, chromium } from 'playwright'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { signedInSession } from '../../src/sign-in/wait.ts'

let browser: Browser
let context: BrowserContext
const site = await createPlayground()

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  })
})
afterAll(async () => {
  await browser.close()
  await site[Symbol.asyncDispose]()
})
beforeEach(async () => {
  context = await browser.newContext()
})

/** What a person does in the window that opens. */
const signInAs = async (handle: string): Promise<void> => {
  const page = context.pages()[0] ?? (await context.waitForEvent('page'))
  await page.getByPlaceholder('or a new handle').fill(handle)
  await page.getByRole('button', { name: 'Join' }).click()
}

test('the session is that of the person who signed in by hand, whatever the case of the handle', async () => {
  const session = signedInSession(context, { site: site.url, handle: 'Ada_Builds' })
  await signInAs('ada_builds')
  const { cookies } = await session
  expect(cookies.map(({ name }) => name)).toContain('auth_token')
})

test('somebody else’s session is refused, and not said', async () => {
  const session = signedInSession(context, { site: site.url, handle: 'ada_builds' })
  const refused = expect(session).rejects.toThrow('@grace_ships is signed in there, and not @ada_builds.')
  await signInAs('grace_ships')
  await refused
})

test('a window that is closed before ends it with a sentence', async () => {
  const session = signedInSession(context, { site: site.url, handle: 'ada_builds' })
  const refused = expect(session).rejects.toThrow('The window was closed before anybody had signed in.')
  const page = context.pages()[0] ?? (await context.waitForEvent('page'))
  await page.getByPlaceholder('or a new handle').waitFor()
  await page.close()
  await refused
})
