import { beating, pauseWhileOpen, tellBreakers } from '@surepost/shared/alerts'
import { connectDatabase } from '@surepost/shared/database'
import { connectBus } from '@surepost/shared/messaging'
import { connectLeases } from '@surepost/shared/leases'
import { keepHeapSmall, parseConfig, runService } from '@surepost/shared/runtime'
import { platformBreakers, platformFor } from '@surepost/platforms'
import { configSchema } from './config.ts'
import { type AuditPorts, auditAccount } from './handlers/audit-account.ts'
import { evidenceIn, noEvidence } from './evidence.ts'
import { collectMetrics } from './handlers/collect-metrics.ts'
import { harvestMentions } from './handlers/harvest-mentions.ts'

/** Audits in hand at once; each holds a browser for as long as a timeline takes to scroll. */
const AUDITS = 2

keepHeapSmall()

await runService('scraper', async (scope) => {
  const config = parseConfig(configSchema)
  const shards = config.BROKER_SHARDS
  const bus = scope.use(
    await connectBus({
      url: config.AMQP_URL,
      managementUrl: config.RABBITMQ_MANAGEMENT_URL,
      service: scope.name,
      shards,
      log: scope.log,
      scope,
    }),
  )
  const telling = { bus, log: scope.log, service: scope.name }
  const tellDatabase = tellBreakers(telling)
  const database = scope.use(
    connectDatabase({
      url: config.SUPABASE_URL,
      key: config.SUPABASE_SERVICE_ROLE_KEY,
      log: scope.log,
      onBreaker: (state, probeAt) => tellDatabase('database', state, probeAt),
    }),
  )
  scope.readyWhen(() => database.health())
  const scopeOf: AuditPorts['scopeOf'] = (account, since, signal) =>
    database.rpc('audit_scope', { of_account: account, since: since.toISOString() }, { signal })
  const leases = scope.use(await connectLeases({ bus, shards, log: scope.log }))
  scope.readyWhen(() => leases.health())
  const breakers = platformBreakers(telling)
  const ports = {
    bus,
    leases,
    breakers,
    platforms: { for: (name: 'x') => platformFor(name, { baseUrl: config.X_BASE_URL }) },
  }
  const evidence =
    config.EVIDENCE_DIR === undefined
      ? noEvidence
      : evidenceIn(config.EVIDENCE_DIR, { most: config.EVIDENCE_MOST, days: config.EVIDENCE_DAYS }, scope.log)
  const prefetch = config.SCRAPER_PREFETCH
  const checking = beating(telling, 'scraper.check', collectMetrics({ ...ports, evidence }))
  const consumptions = [
    scope.use(await bus.consume([checking], { prefetch })),
    scope.use(await bus.consume([harvestMentions(ports)], { prefetch })),
    scope.use(await bus.consume([auditAccount({ ...ports, scopeOf })], { prefetch: AUDITS })),
  ]
  scope.use(pauseWhileOpen(consumptions, breakers, 'x'))
})
