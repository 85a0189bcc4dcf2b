import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Page, chromium } from 'playwright'
import { expect, test } from 'vitest'
import { launchBrowser } from '../../src/browsers/browser.ts'
import { type Forbidden, forbiddenPlace, hostileSite } from '../support/hostile-page.ts'

/** Every name that a port of this machine has, and an address of the link (where clouds keep credentials). */
const hostsOf = ({ port }: Forbidden): string[] => [
  `127.0.0.1:${port}`,
  `localhost:${port}`,
  `[::1]:${port}`,
  `127.0.0.2:${port}`,
  `anything.localhost:${port}`,
  `[::ffff:127.0.0.1]:${port}`,
  `0.0.0.0:${port}`,
  '169.254.169.254:80',
]

/** Do something with a page in a browser as a lease would get it, which may reach `origins`. */
const inBrowser = async <T>(origins: readonly string[], work: (page: Page) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'surepost-egress-'))
  const browser = await launchBrowser({
    executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
    origins: new Set(origins),
    folder,
    temporary: join(folder, 't-'),
  })
  try {
    const connection = await chromium.connect(browser.endpoint.href)
    return await work(await (await connection.newContext()).newPage())
  } finally {
    browser.kill()
    await browser.gone
  }
}

/** What became of every attempt of the page; each that succeeded is listed. */
const attempts = async (page: Page, url: string): Promise<readonly string[]> => {
  await page.goto(url)
  const outcome = await page.waitForFunction('window.outcome', undefined, { timeout: 60_000 })
  return Object.entries((await outcome.jsonValue()) as Record<string, string>).flatMap(([name, what]) =>
    what.startsWith('refused') ? [] : [`${name}: ${what}`],
  )
}

// The way out answers 403 for what it refuses, which some ways cannot tell from success: who was visited is what counts.
test('a page reaches the platform’s origin and nothing else: no other port, name or protocol of the loopback, no link-local address, no file', async () => {
  await using forbidden = await forbiddenPlace()
  await using site = await hostileSite(hostsOf(forbidden), forbidden.udpPort)
  const [succeeded, linkLocal] = await inBrowser([site.url], async (page) => [
    await attempts(page, site.url),
    (await page.goto('http://169.254.169.254/'))?.status(),
  ])
  expect(forbidden.visits).toEqual([])
  expect(linkLocal).toBe(403)
  expect(succeeded.filter((line) => /file:|socket|events|transport/.test(line))).toEqual([])
})

test('the same page does reach what is an origin of the platform as well', async () => {
  await using forbidden = await forbiddenPlace()
  const [host = ''] = hostsOf(forbidden)
  await using site = await hostileSite(hostsOf(forbidden), forbidden.udpPort)
  await inBrowser([site.url, `http://${host}`], (page) => attempts(page, site.url))
  expect(forbidden.visits).toEqual(expect.arrayContaining(['tcp', 'GET /', 'POST /']))
  expect(forbidden.visits).not.toContain('udp')
})

test('requests that Playwright itself makes for a context go the same way', async () => {
  await using forbidden = await forbiddenPlace()
  await using site = await hostileSite([], forbidden.udpPort)
  const status = await inBrowser([site.url], async (page) => {
    expect((await page.request.get(site.url)).status()).toBe(200)
    return (await page.request.get(`http://127.0.0.1:${forbidden.port}/`)).status()
  })
  expect(status).toBe(403)
  expect(forbidden.visits).toEqual([])
})
