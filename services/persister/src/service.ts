import type { z } from 'zod'
import { createHeartbeat, tellBreakers } from '@surepost/shared/alerts'
import {
  AuditAccount,
  CollectMetrics,
  DraftReply,
  FACT_QUEUES,
  HarvestMentions,
  PoolPressure,
  PublishPost,
  SegmentPublished,
  factQueueName,
  newId,
  queueName,
} from '@surepost/shared/contracts'
import { type Database, connectDatabase } from '@surepost/shared/database'
import { type Bus, connectBus } from '@surepost/shared/messaging'
import type { Scope } from '@surepost/shared/runtime'
import { createDelivery } from './alerts/deliver.ts'
import { webhookAt } from './alerts/webhook.ts'
import { watchRecord } from './conditions/watch-record.ts'
import type { configVariables } from './config.ts'
import { createApply } from './handlers/apply.ts'
import { type Asked, createAsked, watchDepths } from './handlers/asked.ts'
import { createBacklog } from './handlers/backlog.ts'
import { createLiveWatch } from './handlers/live.ts'
import { createOutage } from './handlers/outage.ts'
import { createPressure } from './handlers/pressure.ts'
import { createQueueAge } from './handlers/queue-age.ts'
import { allJobs } from './jobs/index.ts'
import type { JobPorts } from './jobs/ports.ts'
import { startJobs } from './jobs/runner.ts'

export type Config = z.output<z.ZodObject<typeof configVariables>>

const APPLY = 'persister.apply'
/** It applies at least what the jobs say of themselves once a minute. */
const APPLY_EVERY_MS = 66_000
const DEPTHS_EVERY_MS = 5_000
/** What is heard as it is said; every fact comes through the queue anyway. */
const HEARD = [PoolPressure, SegmentPublished]
/** What jobs ask for, and the record. */
const WATCHED = [CollectMetrics, HarvestMentions, AuditAccount, DraftReply].map(({ queue }) => queue)

/** Compose the persister: facts into the database, due work out of it, and people told of what is wrong. */
export const startPersister = async (scope: Scope, config: Config): Promise<void> => {
  const { log, name } = scope
  let told: ReturnType<typeof tellBreakers> | undefined
  const database = scope.use(
    connectDatabase({
      url: config.SUPABASE_URL,
      key: config.SUPABASE_SERVICE_ROLE_KEY,
      log,
      onBreaker: (state, probeAt) => told?.('database', state, probeAt),
    }),
  )
  scope.readyWhen(() => database.health())
  const bus = scope.use(
    await connectBus({
      url: config.AMQP_URL,
      managementUrl: config.RABBITMQ_MANAGEMENT_URL,
      service: name,
      shards: config.BROKER_SHARDS,
      log,
      scope,
    }),
  )
  told = tellBreakers({ bus, log, service: name })
  await tellPeople(scope, config, await record(scope, config, { bus, database }))
}

/** Take facts, and run what follows from them. */
const record = async (scope: Scope, config: Config, ports: { readonly bus: Bus; readonly database: Database }) => {
  const { bus, database } = ports
  const { log, name } = scope
  const backlog = createBacklog({ full: config.BATCH_MAX })
  const outage = createOutage(log)
  const age = createQueueAge()
  const live = scope.use(createLiveWatch({ database, outage, log }, config.LIVE_UNRECORDED_MS))
  const beat = createHeartbeat({ bus, log }, APPLY, APPLY_EVERY_MS)
  const records = factQueueName(FACT_QUEUES.persister, 0)
  scope.use(
    await bus.consumeFactBatches(records, createApply({ ...ports, outage, backlog, age, live, beat, log }), {
      max: config.BATCH_MAX,
      lingerMs: config.BATCH_LINGER_MS,
    }),
  )
  const pressure = createPressure()
  scope.use(
    await bus.watchFacts((fact) => {
      pressure.hear(fact)
      live.hear(fact)
    }, HEARD),
  )
  const posters = Array.from({ length: config.BROKER_SHARDS }, (_, shard) => queueName(PublishPost, shard))
  const depths = scope.use(watchDepths(bus, [records, ...posters, ...WATCHED], DEPTHS_EVERY_MS, log))
  const asked = createAsked(depths)
  const jobs: JobPorts = {
    ...limitsOf(config),
    database,
    bus: remembering(bus, asked),
    backlog,
    outage,
    asked,
    publishing: { waiting: () => posters.reduce((sum, queue) => sum + (depths.of(queue) ?? 0), 0) },
    room: (queue) => pressure.full() ?? asked.full(queue),
  }
  scope.use(startJobs(allJobs(jobs, [APPLY]), { database, bus, log, holder: `${name}:${newId()}` }))
  return { ...ports, outage, age, live, pressure, depths }
}

const limitsOf = (
  config: Config,
): Pick<
  JobPorts,
  'shards' | 'lookAheadSeconds' | 'readingClaimSeconds' | 'audits' | 'dueLimits' | 'jobGraceSeconds'
> => ({
  shards: config.BROKER_SHARDS,
  lookAheadSeconds: config.LOOK_AHEAD_SECONDS,
  readingClaimSeconds: config.READING_CLAIM_SECONDS,
  audits: {
    everySeconds: config.AUDIT_EVERY_SECONDS,
    windowSeconds: config.AUDIT_WINDOW_SECONDS,
    recoverWithinSeconds: config.RECOVER_WITHIN_SECONDS,
  },
  dueLimits: {
    posts: config.POSTS_OLD_SECONDS,
    checks: config.CHECKS_OLD_SECONDS,
    answers: config.ANSWERS_OLD_SECONDS,
    unknown: config.UNKNOWN_OLD_SECONDS,
  },
  jobGraceSeconds: config.JOB_GRACE_SECONDS,
})

/** The bus of the jobs: when something was asked for is remembered, which tells how old a queue is. */
const remembering = (bus: Bus, asked: Pick<Asked, 'sent'>): JobPorts['bus'] => ({
  emit: (contract, body, options) => bus.emit(contract, body, options),
  deadLetters: () => bus.deadLetters(),
  async send(contract, body, options) {
    await bus.send(contract, body, options)
    if (!contract.sharded) asked.sent(contract.queue)
  },
})

/** See what is wrong, and tell people: without the database, and without RabbitMQ where that is what is wrong. */
const tellPeople = async (scope: Scope, config: Config, seen: Awaited<ReturnType<typeof record>>): Promise<void> => {
  const { log } = scope
  const { bus } = seen
  const webhook = config.ALERT_WEBHOOK_URL === undefined ? undefined : webhookAt(config.ALERT_WEBHOOK_URL)
  if (webhook === undefined) log.warn('ALERT_WEBHOOK_URL is not set: alerts are recorded and shown, and sent to nobody')
  const delivery = createDelivery({ bus, webhook, log })
  // One at a time: what was told of an alert is read before and written after.
  scope.use(await bus.consumeFacts(factQueueName(FACT_QUEUES.alerts, 0), delivery.routes, { prefetch: 1 }))
  scope.use(
    watchRecord({
      ...seen,
      delivery,
      log,
      limits: {
        shards: config.BROKER_SHARDS,
        recordQueueOldMs: config.RECORD_QUEUE_OLD_MS,
        recordQueueLong: config.RECORD_QUEUE_LONG,
        liveUnrecordedMs: config.LIVE_UNRECORDED_MS,
      },
    }),
  )
}
