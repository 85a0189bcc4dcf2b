import type { Scope } from '@surepost/shared/runtime'
import type { SeeConnecting } from '../egress/connecting.ts'
import { type BrowserConfig, launchBrowser } from './browser.ts'
import { startCanary } from './canary.ts'
import { seeEmpty } from './inspect.ts'
import { memoryOfGroup } from './memory.ts'
import { type BrowserPool, type PoolLimits, openPool } from './pool.ts'

export interface CanaryConfig {
  readonly everyMs: number
  readonly loadMs: number
}

const WEIGH_EVERY_MS = 10_000

/** The pool over real browsers, and the canary that tests them. */
export const openBrowsers = (
  scope: Pick<Scope, 'use' | 'log'>,
  { browsers, canary }: { readonly browsers: BrowserConfig; readonly canary: CanaryConfig },
  see: SeeConnecting,
  limits: () => PoolLimits,
): BrowserPool => {
  const { log } = scope
  const memoryOf = ({ pgid }: { readonly pgid: number }): Promise<number> => memoryOfGroup(pgid)
  const launch = () => launchBrowser(browsers, see)
  const pool = scope.use(openPool({ launch, seeEmpty, memoryOf, weighEveryMs: WEIGH_EVERY_MS, log }, limits))
  scope.use(startCanary({ pool, memoryOf, log }, { ...canary, memoryMiB: () => limits().keep.memoryMiB }))
  return pool
}
