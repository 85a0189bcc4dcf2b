import { createRequire } from 'node:module'
import { LeaseClass } from '@surepost/shared/contracts'
import { type Bus, connectBus } from '@surepost/shared/messaging'
import { type Scope, runService } from '@surepost/shared/runtime'
import { sealingWith } from './accounts/sealing.ts'
import { openBrowsers } from './browsers/open.ts'
import { type Config, browsersOf, canaryOf, limitsOf, placesOf, readConfig } from './config.ts'
import { openReach } from './egress/reach.ts'
import { leaseRequest } from './handlers/lease-request.ts'
import type { Ledger } from './ledger/ledger.ts'
import { runOutbox } from './ledger/outbox.ts'
import type { Admission } from './leases/admission.ts'
import { Desk } from './leases/desk.ts'
import { openEvents } from './leases/events.ts'
import { type LimitsStore, openLimits } from './leases/limits.ts'
import { readLoad } from './leases/load.ts'
import { tellPressure } from './leases/pressure.ts'
import { type LoadWatch, watchLoad } from './leases/watch-load.ts'
import { adminApp } from './proxy/admin.ts'
import { serveProxy } from './proxy/server.ts'
import { upgradesOf } from './proxy/upgrades.ts'
import { catchUp } from './start/catch-up.ts'
import { hearStanding } from './start/hear-standing.ts'
import { takeShard } from './start/take-shard.ts'
import { startUpkeep } from './upkeep-jobs.ts'

const { version: playwright } = createRequire(import.meta.url)('playwright/package.json') as { version: string }

/** Requests held in line per class. */
const PREFETCH = 200

/** At shutdown leases in hand get this long to end by themselves; then their browsers are killed. */
const DRAIN_MS = 8_000

interface Opened {
  readonly desk: Desk
  readonly limits: LimitsStore
  readonly watch: LoadWatch
}

const openDesk = async (
  scope: Scope,
  config: Config,
  ports: { readonly bus: Bus; readonly ledger: Ledger },
): Promise<Opened> => {
  const { log } = scope
  const limits = openLimits(limitsOf(config))
  const publicUrl = config.BROKER_PUBLIC_URL.replace(/\/$/, '')
  const reconsider = (): void => desk.reconsider()
  const reach = openReach(new URL(config.X_BASE_URL).origin, log, reconsider)
  scope.use({ [Symbol.asyncDispose]: async () => reach[Symbol.dispose]() })
  const launching = { browsers: browsersOf(config), canary: canaryOf(config) }
  const pool = openBrowsers(scope, launching, reach.see, () => limits.current)
  const watch = scope.use(watchLoad(readLoad, () => limits.current.admission, reconsider, log))
  const { BROKER_SHARD: shard, POOL_WAIT_OLD_MS: poolWaitOldMs } = config
  const events = openEvents(ports.bus, shard, log)
  const admission = (): Admission => watch.admission
  const desk: Desk = scope.use(new Desk({ ...ports, pool, log, limits, events, admission, reach, publicUrl }))
  const { browsers } = placesOf(config)
  scope.use(startUpkeep({ ...ports, pool, desk, reach, shard, browsers, poolWaitOldMs, log }))
  scope.use(tellPressure(desk, ports.bus, shard, log))
  return { desk, limits, watch }
}

await runService('browser-broker', async (scope) => {
  const { log, signal } = scope
  const config = readConfig()
  const { BROKER_SHARD: shard, BROKER_SHARDS: shards, BROKER_HOST: host, BROKER_PORT: port } = config
  const ledger = await takeShard(scope, config)
  const bus = scope.use(
    await connectBus({
      url: config.AMQP_URL,
      managementUrl: config.RABBITMQ_MANAGEMENT_URL,
      service: scope.name,
      shards,
      log,
      scope,
    }),
  )
  await hearStanding({ bus, ledger, shard, log, signal })
  const outbox = scope.use(runOutbox(ledger, bus, shard, log))
  for (const consumption of await catchUp({ bus, ledger, outbox, shard, shards, log, signal })) scope.use(consumption)

  const { desk, limits, watch } = await openDesk(scope, config, { bus, ledger })
  const sealing = sealingWith(config.SESSION_KEY)
  const app = adminApp({ desk, ledger, sealing, limits, watch, adminKey: config.BROKER_ADMIN_KEY })
  scope.use(await serveProxy({ host, port }, app, upgradesOf(desk, { ledger, sealing, log })))
  scope.use({ [Symbol.asyncDispose]: () => desk.drain(DRAIN_MS) })
  for (const leaseClass of LeaseClass.options)
    scope.use(
      await bus.consume([leaseRequest({ desk, ledger, playwright }, leaseClass)], { prefetch: PREFETCH, shard }),
    )
})
