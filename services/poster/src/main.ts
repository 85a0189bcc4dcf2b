import { connectBus } from '@surepost/shared/messaging'
import { connectLeases } from '@surepost/shared/leases'
import { folderMediaStore } from '@surepost/shared/media'
import { parseConfig, runService } from '@surepost/shared/runtime'
import { platformBreakers, platformFor } from '@surepost/platforms'
import { configSchema } from './config.ts'
import { deleteSegment } from './handlers/delete-segment.ts'
import { publishPost } from './handlers/publish-post.ts'

await runService('poster', async (scope) => {
  const config = parseConfig(configSchema)
  const shards = config.BROKER_SHARDS
  const media = await folderMediaStore(config.MEDIA_DIR)
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
  const platforms = { for: (name: 'x') => platformFor(name, { baseUrl: config.X_BASE_URL }) }
  const ports = { bus, leases, media, platforms, breakers: platformBreakers({ bus, log: scope.log }) }
  for (let shard = 0; shard < shards; shard++) {
    scope.use(await bus.consume([publishPost(ports)], { prefetch: config.POSTER_PREFETCH, shard }))
    scope.use(await bus.consume([deleteSegment(ports)], { prefetch: config.POSTER_PREFETCH, shard }))
  }
})
