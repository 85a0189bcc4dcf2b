import { connectBus } from '@surepost/shared/messaging'
import { parseConfig, runService } from '@surepost/shared/runtime'
import { platformFor } from '@surepost/platforms'
import { configSchema } from './config.ts'
import { llmDrafter } from './drafting/llm.ts'
import { templateDrafter } from './drafting/templates.ts'
import { draftReply } from './handlers/draft-reply.ts'

/** Drafts wait for a model far longer than they compute; this bounds what one process asks of it at once. */
const PREFETCH = 4

await runService('replier', async (scope) => {
  const config = parseConfig(configSchema)
  const shards = config.BROKER_SHARDS
  const draft =
    config.REPLIER_DRAFTER === 'llm'
      ? llmDrafter({
          baseUrl: config.LLM_BASE_URL,
          apiKey: config.LLM_API_KEY,
          model: config.LLM_MODEL,
          timeoutMs: config.LLM_TIMEOUT_MS,
        })
      : templateDrafter()
  if (config.REPLIER_DRAFTER === 'templates')
    scope.log.warn('answers are fixed sentences, not a model: REPLIER_DRAFTER is templates')
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
  const platforms = { for: (name: 'x') => platformFor(name, { baseUrl: config.X_BASE_URL }) }
  scope.use(await bus.consume([draftReply({ bus, draft, platforms, shards })], { prefetch: PREFETCH }))
})
