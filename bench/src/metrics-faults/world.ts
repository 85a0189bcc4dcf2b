import { AccountConfig, AccountId, type Metrics, newId } from '@surepost/shared/contracts'
import type { z } from 'zod'

/** What the bench needs of a running installation. */
export interface World {
  readonly playgroundUrl: string
  readonly consoleUrl: string
  readonly apiKey: string
  readonly amqpUrl: string
  readonly rabbitmqManagementUrl: string
  readonly supabaseUrl: string
  readonly supabaseKey: string
  readonly brokerPid: number
}

export type Figures = { readonly [figure in keyof Metrics]: number }

const REQUEST_MS = 30_000

const ask = async (
  method: string,
  url: string,
  body: unknown,
  apiKey?: string,
  more: { readonly headers?: Readonly<Record<string, string>>; readonly signal?: AbortSignal } = {},
): Promise<unknown> => {
  const late = AbortSignal.timeout(REQUEST_MS)
  const response = await fetch(url, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
      ...more.headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: more.signal === undefined ? late : AbortSignal.any([late, more.signal]),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text.slice(0, 300)}`)
  return text === '' ? undefined : (JSON.parse(text) as unknown)
}

/** A field of an answer. @throws Error when it is not there */
const fieldOf = (answer: unknown, name: string): unknown => {
  if (typeof answer === 'object' && answer !== null && name in answer) return (answer as Record<string, unknown>)[name]
  throw new Error(`The answer has no ${name}.`)
}

const BUDGET = { perHour: 1_000, perDay: 10_000, minGapSeconds: 0 }

/** Sign an account up on the site and hand it to the console. */
export const signUp = async (
  { playgroundUrl, consoleUrl, apiKey }: World,
  handle: string,
  checks: readonly number[],
  more: Pick<z.input<typeof AccountConfig>, 'replies'> = {},
): Promise<AccountId> => {
  const id = AccountId.parse(handle.replaceAll('_', '-'))
  const budgets = { post: BUDGET, reply: BUDGET }
  const config = AccountConfig.parse({ id, platform: 'x', handle, budgets, checks, ...more })
  const signedUp = await ask('POST', `${playgroundUrl}/admin/accounts`, { handle })
  const storageState = fieldOf(signedUp, 'storageState')
  await ask('PUT', `${consoleUrl}/v1/accounts/${id}`, config, apiKey)
  await ask('PUT', `${consoleUrl}/v1/accounts/${id}/session`, storageState, apiKey)
  return id
}

/** Somebody who is signed in to the site, as Playwright's storageState. */
export const visitorOf = async ({ playgroundUrl }: Pick<World, 'playgroundUrl'>, handle: string): Promise<unknown> =>
  fieldOf(await ask('POST', `${playgroundUrl}/admin/accounts`, { handle }), 'storageState')

/** A post that is live on the site, with figures that stand still. */
export const plantPost = async (
  { playgroundUrl }: World,
  post: { readonly handle: string; readonly text: string; readonly figures: Figures },
): Promise<{ readonly id: string; readonly url: string }> => {
  const created = await ask('POST', `${playgroundUrl}/admin/posts`, post)
  return { id: String(fieldOf(created, 'id')), url: String(fieldOf(created, 'url')) }
}

/** Submit a post through the API, as anybody does. @returns its id */
export const submitPost = async (
  { consoleUrl, apiKey }: Pick<World, 'consoleUrl' | 'apiKey'>,
  account: AccountId,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<string> => {
  const segments = texts.map((text) => ({ text, media: [] }))
  const more = { headers: { 'idempotency-key': newId() }, signal }
  return String(fieldOf(await ask('POST', `${consoleUrl}/v1/posts`, { account, segments }, apiKey, more), 'id'))
}

/** Somebody of this handle writes on the site. */
export const mention = async (
  { playgroundUrl }: Pick<World, 'playgroundUrl'>,
  post: { readonly handle: string; readonly text: string },
): Promise<void> => {
  await ask('POST', `${playgroundUrl}/admin/accounts`, { handle: post.handle })
  await ask('POST', `${playgroundUrl}/admin/posts`, post)
}

export interface SiteFault {
  readonly kind: string
  readonly matching?: string
  readonly probability?: number
  readonly delayMs?: number
}

export const plantFault = async ({ playgroundUrl }: World, fault: SiteFault): Promise<void> =>
  void (await ask('POST', `${playgroundUrl}/admin/faults`, fault))
