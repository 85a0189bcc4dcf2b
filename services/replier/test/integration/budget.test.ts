import { DraftReply } from '@surepost/shared/contracts'
import { connectBus } from '@surepost/shared/messaging'
import { silentLogger } from '@surepost/shared/runtime'
import { eventually, isolate } from '@surepost/testkit'
import { afterAll, expect, it } from 'vitest'
import { commandFor } from '../support/mention.ts'
import { modelServer } from '../support/model-server.ts'

const environment = await isolate()
const model = await modelServer()
const { amqpUrl: url, rabbitmqManagementUrl: managementUrl } = environment.endpoints
const bus = await connectBus({ url, managementUrl, service: 'test', shards: 1, log: silentLogger() })
const said: string[] = []
const watching = await bus.watchFacts(({ type, body }) => {
  const { key, mention, category } = body as Readonly<Record<'key' | 'mention' | 'category', string | undefined>>
  said.push([type, key ?? mention, category].filter((part) => part !== undefined).join(' '))
})
afterAll(async () => {
  await watching[Symbol.asyncDispose]()
  await bus[Symbol.asyncDispose]()
  await model[Symbol.asyncDispose]()
})
const hears = async (what: string): Promise<void> => {
  await eventually(() => said.includes(what), { timeoutMs: 60_000 }).catch(() => expect(said).toContain(what))
}

/** What a replier is told of the model, with so many tokens for the day. */
const withTokens = (tokens: number) => ({
  REPLIER_DRAFTER: 'llm',
  LLM_BASE_URL: model.url,
  LLM_API_KEY: 'only-for-the-test',
  LLM_MODEL: 'test',
  LLM_TOKENS_PER_DAY: String(tokens),
})
let mentions = 1_900_000_000_000_000_000n
const asks = async (): Promise<string> => {
  const now = new Date()
  const platformId = String((mentions += 1n))
  const command = commandFor({
    mention: { platformId: platformId as never, createdAt: now.toISOString() },
    context: {
      label: 'shown',
      validUntil: new Date(now.getTime() + 600_000).toISOString(),
      spent: { day: now.toISOString().slice(0, 10), tokens: 0, costMicros: 0 },
    },
  })
  await bus.send(DraftReply, command)
  return platformId
}

it('a budget that has no room for one more answer asks no model, is told, and is over when there is room again', async () => {
  await environment.startServices({ only: ['replier'], env: { replier: withTokens(10) } })
  const first = await asks()
  await hears(`mention.deferred ${first} budget`)
  await hears('alert.raised replier.budget')
  expect(model.asked).toEqual([])

  // As an operator does who gives it more: another process with another value takes over.
  const roomy = { replier: withTokens(10_000_000) }
  await environment.startServices({ only: ['replier'], replicas: { replier: 2 }, env: roomy })
  await environment.stopService('replier', { hard: true })
  const second = await asks()
  await hears('alert.cleared replier.budget')
  expect(model.asked).toHaveLength(1)
  expect(said.filter((word) => word.includes(second)).length).toBeGreaterThan(0)
}, 180_000)
