import type { Scope } from '@surepost/shared/runtime'
import { type BrowserConfig, launchBrowser } from './browser.ts'
import { startCanary } from './canary.ts'
import { seeEmpty } from './inspect.ts'
import { memoryOfGroup } from './memory.ts'
import { type BrowserPool, type PoolLimits, openPool } from './pool.ts'

export interface CanaryConfig {
  readonly everyMs: number
  readonly loadMs: number
}

/** Hung is what only a look shows, and rare: whoever gets such a browser hears within a connection's deadline. */
const TRUST = { emptyMs: 2_000, weightMs: 10_000 }

/** The pool over real browsers, and the canary that tests them. */
export const openBrowsers = (
  scope: Pick<Scope, 'use' | 'log'>,
  browsers: BrowserConfig,
  canary: CanaryConfig,
  limits: () => PoolLimits,
): BrowserPool => {
  const { log } = scope
  const memoryOf = ({ pgid }: { readonly pgid: number }): Promise<number> => memoryOfGroup(pgid)
  const launch = () => launchBrowser(browsers)
  const pool = scope.use(openPool({ launch, seeEmpty, memoryOf, trust: TRUST, log }, limits))
  scope.use(startCanary({ pool, memoryOf, log }, { ...canary, memoryMiB: () => limits().keep.memoryMiB }))
  return pool
}
