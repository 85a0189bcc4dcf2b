import { connectBus } from '@surepost/shared/messaging'
import { connectLeases } from '@surepost/shared/leases'
import { parseConfig, runService } from '@surepost/shared/runtime'
import { platformFor } from '@surepost/platforms'
import { configSchema } from './config.ts'
import { collectMetrics } from './handlers/collect-metrics.ts'
import { harvestMentions } from './handlers/harvest-mentions.ts'

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
  const leases = scope.use(await connectLeases({ bus, shards, log: scope.log }))
  const ports = { bus, leases, platforms: { for: (name: 'x') => platformFor(name, { baseUrl: config.X_BASE_URL }) } }
  const prefetch = config.SCRAPER_PREFETCH
  scope.use(await bus.consume([collectMetrics(ports)], { prefetch }))
  scope.use(await bus.consume([harvestMentions(ports)], { prefetch }))
})
