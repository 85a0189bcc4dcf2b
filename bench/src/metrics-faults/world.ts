import { AccountConfig, AccountId, type Metrics } from '@surepost/shared/contracts'

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

const ask = async (method: string, url: string, body: unknown, apiKey?: string): Promise<unknown> => {
  const response = await fetch(url, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(REQUEST_MS),
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
): Promise<AccountId> => {
  const id = AccountId.parse(handle.replaceAll('_', '-'))
  const config = AccountConfig.parse({ id, platform: 'x', handle, budgets: { post: BUDGET, reply: BUDGET }, checks })
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

export interface SiteFault {
  readonly kind: string
  readonly matching?: string
  readonly probability?: number
  readonly delayMs?: number
}

export const plantFault = async ({ playgroundUrl }: World, fault: SiteFault): Promise<void> =>
  void (await ask('POST', `${playgroundUrl}/admin/faults`, fault))
