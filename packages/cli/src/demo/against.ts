import { configureAccounts } from '../accounts.ts'
import type { DemoEndpoints } from './client.ts'
import { consoleRecords } from './console-records.ts'
import type { Records } from './records.ts'

/** A deployment that publishes to a playground, as it is reached from here. Holds secrets. */
export interface Deployment {
  readonly consoleUrl: string
  readonly apiKey: string
  readonly playgroundUrl: string
  readonly playgroundKey: string | undefined
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '')

/**
 * Configure the demo's accounts in a deployment.
 * @throws StackError saying which step was refused and why
 */
export const demoAgainst = async (
  deployment: Deployment,
  signal: AbortSignal,
): Promise<{ readonly endpoints: DemoEndpoints; readonly records: Records }> => {
  const consoleUrl = withoutSlash(deployment.consoleUrl)
  const playgroundUrl = withoutSlash(deployment.playgroundUrl)
  const accounts = await configureAccounts({ ...deployment, consoleUrl, playgroundUrl }, signal)
  return {
    endpoints: { ...deployment, consoleUrl, playgroundUrl, playgroundLedgerUrl: `${playgroundUrl}/ledger`, accounts },
    records: consoleRecords(
      { url: consoleUrl, key: deployment.apiKey },
      accounts.map(({ id }) => id),
      signal,
    ),
  }
}
