import { AccountConfig } from '@surepost/shared/contracts'
import { StackError } from '@surepost/stack'
import { z } from 'zod'

const budget = { perHour: 2_000, perDay: 20_000, minGapSeconds: 0 }

const demoAccount = (id: string, handle: string): z.input<typeof AccountConfig> => ({
  id,
  platform: 'x',
  handle,
  budgets: { post: budget, reply: budget },
  // Seconds after a segment is live: the demo wants to see a reading while one watches.
  checks: [3, 10],
  replies: { enabled: true, approval: 'auto', voice: 'Friendly and brief.', harvestEverySeconds: 8 },
})

/** Whom the accounts' labels name as the person behind them. */
const OPERATOR = 'the_operator'

/** The two accounts that a local stack begins with, on the playground site. */
const ACCOUNTS = [
  { name: 'Ada', config: AccountConfig.parse(demoAccount('ada', 'ada_builds')) },
  { name: 'Grace', config: AccountConfig.parse(demoAccount('grace', 'grace_ships')) },
] as const

export interface AccountSummary {
  readonly id: string
  readonly platform: string
  readonly handle: string
}

/** A playground site, the console that publishes there, and their keys. */
export interface DemoSystem {
  readonly playgroundUrl: string
  /** Where the site is on another machine: what opens its admin routes. */
  readonly playgroundKey?: string | undefined
  readonly consoleUrl: string
  readonly apiKey: string
}

const Created = z.looseObject({ storageState: z.unknown() })

/**
 * Sign the demo's accounts up on the playground and hand their configuration and their sessions to the console.
 * @throws StackError saying which step was refused and why
 */
export const configureAccounts = async (system: DemoSystem, signal: AbortSignal): Promise<readonly AccountSummary[]> =>
  Promise.all(
    ACCOUNTS.map(async ({ name, config }) => {
      const created = await call(
        'POST',
        `${system.playgroundUrl}/admin/accounts`,
        { handle: config.handle, name, automatedBy: OPERATOR },
        signal,
        system.playgroundKey,
      )
      const { storageState } = Created.parse(created)
      const account = `${system.consoleUrl}/v1/accounts/${config.id}`
      await call('PUT', account, config, signal, system.apiKey)
      await call('PUT', `${account}/session`, storageState, signal, system.apiKey)
      return { id: config.id, platform: config.platform, handle: config.handle }
    }),
  )

const call = async (
  method: string,
  url: string,
  body: unknown,
  signal: AbortSignal,
  key?: string,
): Promise<unknown> => {
  const response = await fetch(url, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify(body),
    signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
  }).catch((cause: unknown) => {
    signal.throwIfAborted()
    throw new StackError(`${method} ${url} was not answered in time.`, { cause })
  })
  const text = await response.text()
  // The body is not shown: a session would be in it. The answer's is: it says what was wrong.
  if (!response.ok) throw new StackError(`${method} ${url} answered ${response.status}: ${text.slice(0, 500)}`)
  return text === '' ? undefined : JSON.parse(text)
}
