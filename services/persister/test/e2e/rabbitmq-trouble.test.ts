import { cuttable, eventually, isolate } from '@surepost/testkit'
import { expect, it, onTestFinished } from 'vitest'
import { persisterOn } from '../support/running-persister.ts'
import { webhookServer } from '../support/webhook-server.ts'

const env = await isolate()
const { startOne, stopOne, rows } = await persisterOn(env)
const PATIENCE = { timeoutMs: 60_000, everyMs: 100 }
const of = (told: readonly string[], key: string): readonly string[] =>
  told.filter((text) => text.includes(`\`${key}\``))
const ended = (key: string) =>
  eventually(
    async () =>
      (await rows('select 1 from alerts where key = $1 and raised_at is not null and not active', [key])).length === 1,
    PATIENCE,
  )

it('that RabbitMQ is away is told to people while it is, past RabbitMQ, and recorded when it is back', async () => {
  await using webhook = await webhookServer(1)
  await using link = await cuttable(env.endpoints.amqpUrl)
  const service = await startOne({ ALERT_WEBHOOK_URL: webhook.url, AMQP_URL: link.url })
  link.cut()
  await eventually(() => of(webhook.told, 'rabbitmq:away').length === 1, PATIENCE)
  link.mend()
  await eventually(() => of(webhook.told, 'rabbitmq:away').length === 2, PATIENCE)
  expect(of(webhook.told, 'rabbitmq:away')[1]).toContain('is over')
  await ended('rabbitmq:away')
  await stopOne(service)
}, 180_000)

it('that RabbitMQ blocks publishers is told to people while it does, and recorded when it is over', async () => {
  await using webhook = await webhookServer()
  const service = await startOne({ ALERT_WEBHOOK_URL: webhook.url })
  onTestFinished(() => env.setMemoryAlarm(false))
  await env.setMemoryAlarm(true)
  await eventually(() => of(webhook.told, 'rabbitmq:blocked').length === 1, PATIENCE)
  await env.setMemoryAlarm(false)
  await eventually(() => of(webhook.told, 'rabbitmq:blocked').length === 2, PATIENCE)
  await ended('rabbitmq:blocked')
  await stopOne(service)
}, 180_000)
