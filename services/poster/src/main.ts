import { beating, pauseWhileOpen } from '@surepost/shared/alerts'
import { type Consumption, connectBus } from '@surepost/shared/messaging'
import { connectLeases, relayLeases } from '@surepost/shared/leases'
import { folderMediaStore } from '@surepost/shared/media'
import { keepHeapSmall, parseConfig, runService } from '@surepost/shared/runtime'
import { platformBreakers, platformFor } from '@surepost/platforms'
import { configSchema } from './config.ts'
import { deleteSegment } from './handlers/delete-segment.ts'
import { publishPost } from './handlers/publish-post.ts'

keepHeapSmall()

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
  const leases = scope.use(relayLeases(await connectLeases({ bus, shards, log: scope.log })))
  scope.readyWhen(() => leases.health())
  const platforms = { for: (name: 'x') => platformFor(name, { baseUrl: config.X_BASE_URL }) }
  const telling = { bus, log: scope.log, service: scope.name }
  const breakers = platformBreakers(telling)
  const ports = { bus, leases, media, platforms, breakers }
  const consumptions: Consumption[] = []
  const publishing = beating(telling, 'poster.publish', publishPost(ports))
  const deleting = beating(telling, 'poster.delete', deleteSegment(ports))
  for (let shard = 0; shard < shards; shard++) {
    for (const route of [publishing, deleting])
      consumptions.push(scope.use(await bus.consume([route], { prefetch: config.POSTER_PREFETCH, shard })))
  }
  scope.use(pauseWhileOpen(consumptions, breakers, 'x'))
})
