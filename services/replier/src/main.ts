import { pauseWhileOpen } from '@surepost/shared/alerts'
import { FACT_QUEUES, factQueueName } from '@surepost/shared/contracts'
import { connectBus } from '@surepost/shared/messaging'
import { parseConfig, runService } from '@surepost/shared/runtime'
import { platformFor } from '@surepost/platforms'
import { configSchema } from './config.ts'
import { openDrafting } from './drafting/open.ts'
import { MODEL, guardedDrafter, modelBreakers } from './drafting/guarded.ts'
import { createRest } from './drafting/rest.ts'
import { draftReply } from './handlers/draft-reply.ts'
import { hearMention } from './handlers/hear-mention.ts'

/** Drafts wait for a model far longer than they compute; this bounds what one process asks of it at once. */
const PREFETCH = 4
const MENTIONS_PREFETCH = 50

await runService('replier', async (scope) => {
  const config = parseConfig(configSchema)
  const drafting = openDrafting(config)
  if (config.REPLIER_DRAFTER === 'templates')
    scope.log.warn('answers are fixed sentences, not a model: REPLIER_DRAFTER is templates')
  const bus = scope.use(
    await connectBus({
      url: config.AMQP_URL,
      managementUrl: config.RABBITMQ_MANAGEMENT_URL,
      service: scope.name,
      shards: config.BROKER_SHARDS,
      log: scope.log,
      scope,
    }),
  )
  const platforms = { for: (name: 'x') => platformFor(name, { baseUrl: config.X_BASE_URL }) }
  const heard = factQueueName(FACT_QUEUES.replier, 0)
  scope.use(await bus.consumeFacts(heard, [hearMention({ bus })], { prefetch: MENTIONS_PREFETCH }))
  const breakers = modelBreakers({ bus, log: scope.log, service: scope.name })
  const drafter = guardedDrafter(drafting.drafter, breakers)
  const drafts = draftReply({ bus, rest: createRest(), platforms, ...drafting, drafter })
  const consumption = scope.use(await bus.consume([drafts], { prefetch: PREFETCH }))
  scope.use(pauseWhileOpen([consumption], breakers, MODEL))
})
