import { mkdir } from 'node:fs/promises'
import type { Scope } from '@surepost/shared/runtime'
import { sweep } from '../browsers/sweep.ts'
import { type Config, browsersOf, placesOf, policyOf } from '../config.ts'
import { type Ledger, openLedger } from '../ledger/ledger.ts'
import { holdLock } from '../ledger/lock.ts'

/**
 * Become the one broker of the shard: wait for its lock, see every browser of an earlier process gone, then open the
 * ledger and write down what that process left open. Unready until then, with a sentence.
 * @throws ConfigError when the ledger is another shard's; UnavailableError when an old browser cannot be killed
 */
export const takeShard = async (scope: Scope, config: Config): Promise<Ledger> => {
  const { log, signal } = scope
  const { BROKER_SHARD: shard, BROKER_SHARDS: shards } = config
  const places = placesOf(config)
  await mkdir(places.browsers, { recursive: true, mode: 0o700 })

  let waiting: string[] = []
  scope.readyWhen(() => waiting)
  const lock = await holdLock(places.lock, signal, () => {
    waiting = [`Another browser-broker holds shard ${shard} (${places.lock}); this one waits until it has ended.`]
    log.warn(waiting[0])
  })
  waiting = []
  scope.use({ [Symbol.asyncDispose]: async () => lock[Symbol.dispose]() })

  await sweep(browsersOf(config), log)
  // Playwright makes its profile folders where the system's temporary files go.
  process.env['TMPDIR'] = places.browsers
  const ledger = scope.use(await openLedger({ path: places.ledger, shard, shards, policy: policyOf(config) }))
  endWith(ledger, signal)
  const recovered = await ledger.care('recover')
  log.info({ ...(await ledger.care('status')), recovered }, 'the action ledger is open')
  return ledger
}

/** Without its ledger nothing may be granted: the process ends, and whoever starts it again begins with a recovery. */
const endWith = ({ died }: Ledger, signal: AbortSignal): void => {
  died.catch((error: unknown) => {
    if (signal.aborted) return
    queueMicrotask(() => {
      throw error
    })
  })
}
