import { ConfigError } from '@surepost/shared/errors'
import { PauseAccount, ResumeAccount, SegmentPublished } from '@surepost/shared/contracts'
import { applyPolicies, connectBus, done, handle, vhostOf } from '@surepost/shared/messaging'
import { silentLogger } from '@surepost/shared/runtime'
import { eventually, isolate } from '@surepost/testkit'
import { expect, test } from 'vitest'
import { busOf, managementOf } from '../fixtures/bus.ts'

const env = await isolate()
const management = managementOf(env)
const { amqpUrl, rabbitmqManagementUrl: managementUrl } = env.endpoints
const applied = () => applyPolicies(managementUrl, vhostOf(amqpUrl), 1)

test('with the policies of this version applied a bus is healthy at once', async () => {
  const bus = await busOf(env, { managementUrl })
  expect(await bus.health()).toEqual([])
})

test('a policy that is missing keeps it unready, with a sentence, until it is there', async () => {
  await management.deletePolicy('poster.publish.0')
  const bus = await busOf(env, { managementUrl })
  const [sentence] = await eventually(async () => {
    const sentences = await bus.health()
    return sentences.length > 0 && sentences
  })
  expect(sentence).toContain('queue poster.publish.0: dead-letter-exchange is not set and must be "surepost.work"')
  expect(sentence).not.toContain('scraper.metrics')
  await applied()
  await eventually(async () => (await bus.health()).length === 0, { timeoutMs: 20_000, everyMs: 250 })
})

test('a management API that does not answer, or that refuses, keeps it unready with a sentence', async () => {
  const away = new URL(managementUrl)
  away.port = '1'
  const bus = await busOf(env, { managementUrl: away.href })
  expect(await bus.health()).toEqual([
    expect.stringMatching(
      /^The policies could not be verified: RabbitMQ's management API at 127\.0\.0\.1:1 does not answer/,
    ),
  ])
  const wrong = new URL(managementUrl)
  wrong.password = 'hunter2'
  const refused = await busOf(env, { managementUrl: wrong.href })
  const [sentence] = await refused.health()
  expect(sentence).toContain('refuses the user of RABBITMQ_MANAGEMENT_URL (HTTP 401)')
  expect(sentence).not.toContain('hunter2')
})

test('a password that is refused is told in words, without it', async () => {
  const url = new URL(amqpUrl)
  url.password = 'hunter2'
  const stop = new AbortController()
  const checks: (() => readonly string[] | Promise<readonly string[]>)[] = []
  const scope = { signal: stop.signal, readyWhen: (check: (typeof checks)[number]) => void checks.push(check) }
  const connecting = busOf(env, { url: url.href, scope })
  const [sentence] = await eventually(async () => {
    const sentences = await checks[0]?.()
    return sentences?.[0]?.includes('is not there') === true && sentences
  })
  expect(sentence).toContain('are user and password in AMQP_URL right?')
  expect(sentence).not.toContain('hunter2')
  stop.abort(new Error('enough'))
  await expect(connecting).rejects.toThrow('enough')
})

test('options that cannot be used are refused with a sentence each', async () => {
  const options = {
    url: 'http://x',
    managementUrl: 'x',
    service: 'tester',
    shards: 0,
    window: 0.5,
    log: silentLogger(),
  }
  await expect(connectBus(options)).rejects.toThrow(ConfigError)
  await expect(connectBus(options)).rejects.toThrow(/amqp:\/\/.*\n.*http:\/\/.*\n.*shards was 0.*\n.*window was 0\.5/)
})

test('routes of different queues, of none, or of a queue that there is not, are refused', async () => {
  const bus = await busOf(env)
  const routes = [handle(PauseAccount, async () => done), handle(SegmentPublished, async () => done)]
  await expect(bus.consume(routes, { prefetch: 1 })).rejects.toThrow('must be commands of one queue')
  await expect(bus.consume([], { prefetch: 1 })).rejects.toThrow('not of none')
  const resumes = [handle(ResumeAccount, async () => done)]
  await expect(bus.consume(resumes, { prefetch: 1, shard: 7 })).rejects.toThrow('There is no queue broker.control.7')
  await expect(bus.consumeFacts('nowhere', [], { prefetch: 1 })).rejects.toThrow('There is no queue nowhere for facts')
})
