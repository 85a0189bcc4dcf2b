import { platformFor } from '@surepost/platforms'
import { connectDatabase } from '@surepost/shared/database'
import { folderMediaStore } from '@surepost/shared/media'
import { connectBus, openDeadLetters } from '@surepost/shared/messaging'
import type { Scope } from '@surepost/shared/runtime'
import { brokerAccounts } from './adapters/broker-accounts.ts'
import { brokerAdmin } from './adapters/broker-admin.ts'
import { databaseAlerts } from './adapters/database-alerts.ts'
import { databaseAudits } from './adapters/database-audits.ts'
import { databasePosts } from './adapters/database-posts.ts'
import { databaseBreakers, databaseJobs, databaseMentions, databaseSeries } from './adapters/database-running.ts'
import { deadLetterBox } from './adapters/dead-letter-box.ts'
import { liveFacts } from './adapters/live-facts.ts'
import { withHistory } from './adapters/queue-history.ts'
import { rabbitmqQueues } from './adapters/rabbitmq-queues.ts'
import { recentPosts } from './adapters/recent-posts.ts'
import { watchDependencies } from './adapters/watch.ts'
import type { Config } from './config.ts'
import { createApp } from './http/app.ts'
import { type Listening, listen } from './http/listen.ts'
import type { Ports } from './ports.ts'

/** The whole console inside a scope. It is ready while RabbitMQ is there: the database may be away, but not wrong. */
export const startConsole = async (scope: Scope, config: Config): Promise<Listening> => {
  const { log } = scope
  const database = scope.use(connectDatabase({ url: config.SUPABASE_URL, key: config.SUPABASE_SERVICE_ROLE_KEY, log }))
  scope.readyWhen(() => database.misfit())
  const rabbitmq = {
    url: config.AMQP_URL,
    managementUrl: config.RABBITMQ_MANAGEMENT_URL,
    service: scope.name,
    shards: config.BROKER_SHARDS,
    log,
    scope,
  }
  const bus = scope.use(await connectBus(rabbitmq))
  const dead = scope.use(await openDeadLetters(rabbitmq))
  const brokers = config.BROKER_URLS.map((url, shard) => brokerAdmin(shard, url, config.BROKER_ADMIN_KEY))
  const accounts = scope.use(brokerAccounts(brokers, log))
  const live = liveFacts()
  const recent = recentPosts()
  scope.use(
    await bus.watchFacts((fact) => {
      recent.observe(fact)
      live.publish(fact)
      if (fact.type.startsWith('account.')) accounts.expire()
    }),
  )
  const queues = withHistory(rabbitmqQueues(config.RABBITMQ_MANAGEMENT_URL, config.AMQP_URL))
  const watch = scope.use(watchDependencies({ database, rabbitmq: bus, queues, pool: accounts }))
  const ports: Ports = {
    bus,
    posts: databasePosts(database),
    recent,
    accounts,
    pool: accounts,
    queues,
    watch,
    jobs: databaseJobs(database),
    breakers: databaseBreakers(database),
    mentions: databaseMentions(database),
    series: databaseSeries(database),
    dead: deadLetterBox(dead),
    alerts: databaseAlerts(database),
    audits: databaseAudits(database),
    media: await folderMediaStore(config.MEDIA_DIR),
    live,
    measure: (platform, text) => platformFor(platform, { baseUrl: config.X_BASE_URL }).measure(text),
    locate(platform, handle, platformId) {
      const { urlOf, timeOf } = platformFor(platform, { baseUrl: config.X_BASE_URL })
      return { platformId, url: urlOf({ handle }, platformId), publishedAt: timeOf(platformId).toISOString() }
    },
    clock: { now: () => new Date() },
    policy: { horizon: config.SCHEDULE_HORIZON_DAYS * 86_400 },
    log,
  }
  return scope.use(await listen(createApp(ports, config), config.CONSOLE_HOST, config.CONSOLE_PORT))
}
