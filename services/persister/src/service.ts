import type { z } from 'zod'
import { FACT_QUEUES, factQueueName, newId } from '@surepost/shared/contracts'
import { connectDatabase } from '@surepost/shared/database'
import { connectBus } from '@surepost/shared/messaging'
import type { Scope } from '@surepost/shared/runtime'
import type { configVariables } from './config.ts'
import { databaseAway, recordQueueOld } from './conditions/condition.ts'
import { watchConditions } from './conditions/watch.ts'
import { createApply } from './handlers/apply.ts'
import { createBacklog } from './handlers/backlog.ts'
import { createPressure } from './handlers/pressure.ts'
import { createOutage } from './handlers/outage.ts'
import { createQueueAge } from './handlers/queue-age.ts'
import { allJobs } from './jobs/index.ts'
import { startJobs } from './jobs/runner.ts'

export type Config = z.output<z.ZodObject<typeof configVariables>>

/** Compose the persister: facts into the database, due work out of it. */
export const startPersister = async (scope: Scope, config: Config): Promise<void> => {
  const { log } = scope
  const database = scope.use(connectDatabase({ url: config.SUPABASE_URL, key: config.SUPABASE_SERVICE_ROLE_KEY, log }))
  scope.readyWhen(() => database.health())
  const bus = scope.use(
    await connectBus({
      url: config.AMQP_URL,
      managementUrl: config.RABBITMQ_MANAGEMENT_URL,
      service: scope.name,
      shards: config.BROKER_SHARDS,
      log,
      scope,
    }),
  )
  const backlog = createBacklog({ full: config.BATCH_MAX })
  const outage = createOutage(log)
  const age = createQueueAge()
  const apply = createApply({ database, bus, outage, backlog, age, log })
  scope.use(
    await bus.consumeFactBatches(factQueueName(FACT_QUEUES.persister, 0), apply, {
      max: config.BATCH_MAX,
      lingerMs: config.BATCH_LINGER_MS,
    }),
  )
  const old = config.RECORD_QUEUE_OLD_MS
  const conditions = [databaseAway(outage), recordQueueOld(age, old)]
  scope.use(watchConditions(conditions, { bus, database, log }, { everyMs: Math.min(5_000, old / 4) }))
  const pressure = createPressure()
  scope.use(await bus.watchFacts(pressure.hear))
  const jobs = allJobs({
    database,
    bus,
    backlog,
    shards: config.BROKER_SHARDS,
    lookAheadSeconds: config.LOOK_AHEAD_SECONDS,
    readingClaimSeconds: config.READING_CLAIM_SECONDS,
    audits: {
      everySeconds: config.AUDIT_EVERY_SECONDS,
      windowSeconds: config.AUDIT_WINDOW_SECONDS,
      recoverWithinSeconds: config.RECOVER_WITHIN_SECONDS,
    },
    pressure,
  })
  scope.use(startJobs(jobs, { database, bus, log, holder: `${scope.name}:${newId()}` }))
}
