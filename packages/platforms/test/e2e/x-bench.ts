import { type FaultKind, type Playground, createPlayground } from '@surepost/playground'
import { type Browser, type BrowserContext, chromium } from 'playwright'
import { platformFor } from '../../src/index.ts'
import type { Bench, Mishap, TruePost } from '../conformance/bench.ts'

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const ARGS = [
  '--no-sandbox',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

const FAULTS: Readonly<Record<Mishap, { readonly kind: FaultKind; readonly delayMs?: number }>> = {
  answer_lost: { kind: 'drop_response_after_create' },
  request_lost: { kind: 'drop_request' },
  connection_reset: { kind: 'reset_after_create' },
  failure_after_create: { kind: 'error_after_create' },
  failure_before_create: { kind: 'error_before_create' },
  says_duplicate: { kind: 'duplicate' },
  says_automated: { kind: 'automation' },
  says_daily_limit: { kind: 'daily_limit' },
  says_suspended: { kind: 'suspended' },
  says_locked: { kind: 'locked' },
  too_many_requests: { kind: 'rate_limit' },
  signed_out: { kind: 'signed_out' },
  challenge: { kind: 'challenge' },
  consent_wall: { kind: 'consent' },
  page_fails: { kind: 'page_error' },
  page_breaks_off: { kind: 'page_cut' },
  list_lags: { kind: 'timeline_lag', delayMs: 3_600_000 },
  list_breaks: { kind: 'list_error' },
}

const ask = async (url: string, method: string, body?: object): Promise<unknown> => {
  const response = await fetch(url, {
    method,
    ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
  })
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${await response.text()}`)
  return response.status === 204 ? undefined : response.json()
}

type StorageState = Extract<
  NonNullable<Parameters<Awaited<ReturnType<typeof chromium.launch>>['newContext']>[0]>['storageState'],
  object
>

/** With what is behind it, for what only the X adapter must do. */
export interface XBench extends Bench {
  readonly site: Playground
  readonly browser: Browser
  /** The last context that a session was opened in. */
  context(): BrowserContext | undefined
}

/** The X web adapter in a real Chromium against a playground. Tests may launch browsers; in production only the broker does. */
export const xBench = async (): Promise<XBench> => {
  const site = await createPlayground()
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS })
  const adapter = platformFor('x', { baseUrl: site.url })
  let context: BrowserContext | undefined
  return {
    context: () => context,
    site,
    browser,
    adapter,
    session: async (handle) => {
      const { storageState } = (await ask(`${site.url}/admin/accounts`, 'POST', { handle })) as {
        storageState: StorageState
      }
      context = await browser.newContext({ storageState })
      return adapter.open({ kind: 'browser', context }, { handle })
    },
    truth: async () => (await ask(`${site.url}/ledger`, 'GET')) as readonly TruePost[],
    somebodyPosts: async (post) => ((await ask(`${site.url}/admin/posts`, 'POST', post)) as { id: string }).id,
    label: async (handle, automatedBy) =>
      void (await ask(`${site.url}/admin/accounts`, 'POST', { handle, automatedBy })),
    remove: async (id) => void (await ask(`${site.url}/admin/posts/${id}`, 'DELETE')),
    mishap: async (kind, count = 1) => void (await ask(`${site.url}/admin/faults`, 'POST', { ...FAULTS[kind], count })),
    calm: async () => void (await ask(`${site.url}/admin/faults`, 'DELETE')),
    [Symbol.asyncDispose]: async () => {
      await browser.close()
      await site[Symbol.asyncDispose]()
    },
  }
}
