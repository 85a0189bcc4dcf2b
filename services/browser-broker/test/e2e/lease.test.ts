import { connectLeases } from '@surepost/shared/leases'
import { connectBus } from '@surepost/shared/messaging'
import { silentLogger } from '@surepost/shared/runtime'
import { eventually, isolate } from '@surepost/testkit'
import { afterAll, expect, test } from 'vitest'
import { startBroker } from '../support/broker-process.ts'
import {
  accountConfig,
  acquired,
  actionFor,
  configure,
  cookieSite,
  newPlatformId,
  publishedAs,
  requestOf,
  sessionWith,
} from '../support/fixtures.ts'

const env = await isolate()
const { amqpUrl, rabbitmqManagementUrl: managementUrl } = env.endpoints
const broker = await startBroker({ amqpUrl, managementUrl })
const bus = await connectBus({ url: amqpUrl, managementUrl, service: 'test', shards: 1, log: silentLogger() })
const leases = await connectLeases({ bus, shards: 1, log: silentLogger() })
const site = await cookieSite()
afterAll(async () => {
  await leases[Symbol.asyncDispose]()
  await bus[Symbol.asyncDispose]()
  if (process.env['SHOW_BROKER']) process.stdout.write(broker.output.join('\n'))
  await broker[Symbol.asyncDispose]()
  await site[Symbol.asyncDispose]()
})

const held = (): Promise<unknown[]> => broker.get('/leases')

test('a granted lease opens a page with the session of its account, and its end gives the slot back', async () => {
  const account = await configure(bus, broker, accountConfig('first'), sessionWith('of-first'))
  const began = performance.now()
  {
    await using lease = await acquired(leases, requestOf(account))
    const page = await lease.newPage()
    await page.goto(site.url)
    process.stdout.write(`grant to first page: ${Math.round(performance.now() - began)} ms\n`)
    expect(await page.locator('#cookies').textContent()).toContain('auth_token=of-first')
    expect(lease.handle).toBe('first')
    const action = actionFor(account)
    expect(await lease.begin(action)).toEqual({ answer: 'fresh', attempt: 1 })
    const id = newPlatformId()
    await lease.complete(action, 1, publishedAs(id))
    expect(await lease.begin(action)).toMatchObject({ answer: 'done', platformId: id })
  }
  await eventually(async () => (await held()).length === 0)
})
