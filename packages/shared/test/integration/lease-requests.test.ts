import { isolate } from '@surepost/testkit'
import { afterAll, expect, test } from 'vitest'
import { AccountId, LEASE_REQUESTS } from '../../src/contracts/index.ts'
import { connectLeases } from '../../src/leases/index.ts'
import { type Bus, connectBus, done, handle } from '../../src/messaging/index.ts'
import { silentLogger } from '../../src/runtime/index.ts'

const env = await isolate()
const { amqpUrl: url, rabbitmqManagementUrl: managementUrl } = env.endpoints
const connect = (): Promise<Bus> => connectBus({ url, managementUrl, service: 'test', shards: 1, log: silentLogger() })
const bus = await connect()
const leases = await connectLeases({ bus, shards: 1, log: silentLogger() })
afterAll(async () => {
  await leases[Symbol.asyncDispose]()
  await bus[Symbol.asyncDispose]()
})

const account = AccountId.parse('acme')
const request = (ms: number, signal = new AbortController().signal) =>
  ({ account, class: 'act', startBy: new Date(Date.now() + ms), signal }) as const

test('a request that nobody answers is withdrawn soon after its startBy', async () => {
  const answer = await leases.acquire(request(300))
  expect(answer).toMatchObject({ granted: false, reason: 'deadline' })
})

test('an aborted request ends with its reason, at once', async () => {
  const stopping = new AbortController()
  const acquiring = leases.acquire(request(60_000, stopping.signal))
  stopping.abort(new Error('stopping'))
  await expect(acquiring).rejects.toThrow('stopping')
})

test('a refusal is a value with a time, and the inbox of a request dies with it', async () => {
  const inboxes: string[] = []
  const retryAt = new Date(Date.now() + 5_000)
  await using _broker = await bus.consume(
    [
      handle(LEASE_REQUESTS.act, async ({ body, replyTo, correlationId }) => {
        if (replyTo === undefined) return done
        const refusal = {
          answer: 'refused',
          requestId: body.requestId,
          reason: 'pressure',
          retryAt: retryAt.toISOString(),
          detail: 'full',
        }
        inboxes.push(replyTo)
        await bus.reply({ replyTo, correlationId }, refusal).catch(() => {})
        return done
      }),
    ],
    { prefetch: 10, shard: 0 },
  )
  expect(await leases.acquire(request(10_000))).toEqual({ granted: false, reason: 'pressure', retryAt, detail: 'full' })
  const last = inboxes.at(-1) ?? ''
  await expect(bus.reply({ replyTo: last, correlationId: 'x' }, {})).rejects.toThrow(/No queue receives/)
})

test('a broker that takes no requests is told in a sentence, until it does', async () => {
  expect(await leases.health()).toEqual([expect.stringContaining('browser-broker of shard 0 takes no requests')])
  const broker = await bus.consume([handle(LEASE_REQUESTS.act, async () => done)], { prefetch: 1, shard: 0 })
  expect(await leases.health()).toEqual([])
  await broker[Symbol.asyncDispose]()
  expect(await leases.health()).toHaveLength(1)
})

test('a client that is closed asks no more', async () => {
  const closed = await connectLeases({ bus, shards: 1, log: silentLogger() })
  await closed[Symbol.asyncDispose]()
  await expect(closed.acquire(request(10_000))).rejects.toThrow(/closed/)
})
