import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { FACT_QUEUES, LeaseClass, factQueueName } from '@surepost/shared/contracts'
import { connectBus } from '@surepost/shared/messaging'
import { runService } from '@surepost/shared/runtime'
import { sealingWith } from './accounts/sealing.ts'
import { openPool } from './browsers/pool.ts'
import { sweep } from './browsers/sweep.ts'
import { placesOf, policyOf, readConfig } from './config.ts'
import { openMarks } from './drain.ts'
import { controlRoutes } from './handlers/control.ts'
import { leaseRequest } from './handlers/lease-request.ts'
import { settlingRoutes } from './handlers/settling-facts.ts'
import { holdLock } from './ledger/lock.ts'
import { openLedger } from './ledger/ledger.ts'
import { runOutbox } from './ledger/outbox.ts'
import { openDesk } from './leases/desk.ts'
import { tellPressure } from './leases/pressure.ts'
import { adminApp } from './proxy/admin.ts'
import { serveProxy } from './proxy/server.ts'
import { upgradesOf } from './proxy/upgrades.ts'
import { startUpkeep } from './upkeep-jobs.ts'

const { version: playwright } = createRequire(import.meta.url)('playwright/package.json') as { version: string }

/** Requests held in line per class; an offer that is not claimed in 5 s is closed. */
const PREFETCH = 200
const CLAIM_MS = 5_000

await runService('browser-broker', async (scope) => {
  const { log, signal } = scope
  const config = readConfig()
  const { BROKER_SHARD: shard, BROKER_SHARDS: shards } = config
  const places = placesOf(config)
  await mkdir(places.browsers, { recursive: true, mode: 0o700 })

  let waiting = false
  scope.readyWhen(() =>
    waiting ? [`Another browser-broker holds shard ${shard} (${places.lock}); this one waits for its end.`] : [],
  )
  const lock = await holdLock(places.lock, signal, () => (waiting = true))
  waiting = false
  scope.use({ [Symbol.asyncDispose]: async () => lock[Symbol.dispose]() })

  const browsers = {
    executablePath: config.CHROMIUM_PATH,
    args: config.CHROMIUM_ARGS,
    folder: places.browsers,
    temporary: places.temporary,
  }
  await sweep(browsers, log)
  // Playwright makes its profile folders where the system's temporary files go.
  process.env['TMPDIR'] = places.browsers
  const ledger = scope.use(await openLedger({ path: places.ledger, shard, shards, policy: policyOf(config) }))
  // Without its ledger nothing may be granted: the process ends, and whoever starts it again begins with a recovery.
  ledger.died.catch((error: unknown) => {
    if (!signal.aborted)
      queueMicrotask(() => {
        throw error
      })
  })
  const recovered = await ledger.care('recover')
  log.info({ ...(await ledger.care('status')), recovered }, 'the action ledger is open')

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
  scope.use(runOutbox(ledger, bus, shard, log))
  const marks = openMarks()
  scope.use(await bus.consume(controlRoutes(ledger, marks.marked), { prefetch: 1, shard }))
  const facts = settlingRoutes({ ledger, shard, shards, log }, marks.marked)
  scope.use(await bus.consumeFacts(factQueueName(FACT_QUEUES.broker, shard), facts, { prefetch: 50 }))
  await marks.drained(bus, shard, signal)

  const sealing = sealingWith(config.SESSION_KEY)
  const pool = scope.use(openPool(browsers, log))
  const desk = scope.use(
    openDesk(
      { bus, ledger, pool, log, publicUrl: config.BROKER_PUBLIC_URL.replace(/\/$/, '') },
      {
        slots: config.BROKER_SLOTS,
        claimMs: CLAIM_MS,
        readsPerAccount: { alone: 2, besideAct: 1 },
        interactiveHeadStartMs: 15_000,
      },
    ),
  )
  const control = { ledger, sealing, log, end: desk.holding.end }
  const app = adminApp({ desk, ledger, sealing, adminKey: config.BROKER_ADMIN_KEY })
  scope.use(await serveProxy({ host: config.BROKER_HOST, port: config.BROKER_PORT }, app, upgradesOf(desk, control)))
  scope.use(tellPressure(desk, bus, shard, log))
  scope.use(startUpkeep({ ledger, pool, desk, log }))
  for (const leaseClass of LeaseClass.options)
    scope.use(
      await bus.consume([leaseRequest({ desk, ledger, playwright }, leaseClass)], { prefetch: PREFETCH, shard }),
    )
})
