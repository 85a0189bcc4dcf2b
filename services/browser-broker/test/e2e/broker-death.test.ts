import { readdir } from 'node:fs/promises'
import {
  CancelAnswer,
  CancelPost,
  PauseAccount,
  ResumeAccount,
  SetKillSwitch,
  type AccountId,
  type BeginAction,
} from '@surepost/shared/contracts'
import type { RecordedFact } from '@surepost/shared/messaging'
import { cuttable, eventually, isolate } from '@surepost/testkit'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { acquired, actionFor, newPlatformId, publishedAs, requestOf } from '../support/fixtures.ts'
import { setUp } from '../support/setup.ts'
import { startBroker } from '../support/broker-process.ts'

const env = await isolate()
const link = await cuttable(env.endpoints.amqpUrl)
// The broker reaches RabbitMQ through a link that can be cut; the holders do not.
const setup = await setUp(env, { env: { AMQP_URL: link.url, LEASE_READ_MS: '3000' } })
const { broker, bus, leases } = setup
const facts: RecordedFact[] = []
const watching = await bus.watchFacts((fact) => void facts.push(fact))
afterAll(async () => {
  await watching[Symbol.asyncDispose]()
  await setup[Symbol.asyncDispose]()
  await link[Symbol.asyncDispose]()
})

const cancel = (action: BeginAction, account: AccountId, timeoutMs = 10_000) =>
  bus.ask(CancelPost, { postId: action.postId, account, by: 'test', reason: 'changed my mind' }, CancelAnswer, {
    shard: 0,
    timeoutMs,
  })
const saidOf = ({ postId }: BeginAction): string[] =>
  facts.filter(({ body }) => (body as { postId?: string }).postId === postId).map(({ type }) => type)

test('cancel answers by what has happened, and what was cancelled is never begun', async () => {
  const account = await setup.account('cancelling')
  const [before, after] = [actionFor(account), actionFor(account)]
  expect(await cancel(before, account)).toEqual({ result: 'cancelled' })
  await using lease = await acquired(leases, requestOf(account))
  expect(await lease.begin(before)).toEqual({ answer: 'revoked' })
  expect(await lease.begin(after)).toMatchObject({ answer: 'fresh' })
  expect(await cancel(after, account)).toEqual({ result: 'too_late' })
  await lease.complete(after, 1, publishedAs(newPlatformId()))
  await eventually(() => saidOf(before).includes('post.cancelled') && saidOf(after).includes('post.segment_published'))
})

test('a paused account and the kill switch stop publishing until they are released', async () => {
  const account = await setup.account('pausing')
  const told = { shard: 0, timeoutMs: 10_000 }
  await bus.ask(PauseAccount, { account, reason: 'holiday', until: null }, z.unknown(), told)
  expect(await leases.acquire(requestOf(account))).toMatchObject({ granted: false, reason: 'account_paused' })
  await using read = await acquired(leases, requestOf(account, { class: 'background' }))
  expect(read.granted).toBe(true)
  await bus.ask(ResumeAccount, { account, by: 'test' }, z.unknown(), told)
  await bus.ask(SetKillSwitch, { on: true, by: 'test', reason: 'fire' }, z.unknown(), told)
  expect(await leases.acquire(requestOf(account))).toMatchObject({ granted: false, reason: 'kill_switch' })
  await bus.ask(SetKillSwitch, { on: false, by: 'test', reason: 'out' }, z.unknown(), told)
  await using lease = await acquired(leases, requestOf(account))
  expect(await lease.begin(actionFor(account))).toMatchObject({ answer: 'fresh' })
})

test('a holder that meets a challenge stops everything on the account', async () => {
  const account = await setup.account('challenged')
  await using lease = await acquired(leases, requestOf(account))
  await lease.pauseAccount('a challenge', null)
  expect(await lease.begin(actionFor(account))).toMatchObject({ answer: 'refused', reason: 'paused' })
  expect(await leases.acquire(requestOf(account, { class: 'background' }))).toMatchObject({
    granted: false,
    reason: 'account_paused',
  })
  const [entry] = (await broker.get<{ config: { id: string }; paused: unknown }[]>('/accounts')).filter(
    (a) => a.config.id === account,
  )
  expect(entry?.paused).toEqual({ reason: 'a challenge', until: null })
})

test('a lease ends absolutely, however busy; renewing moves its end', async () => {
  const account = await setup.account('expiring')
  const lease = await acquired(leases, requestOf(account, { class: 'background' }))
  const first = lease.expiresAt
  const page = await lease.newPage()
  await eventually(() => Date.now() > first.getTime() - 1_500)
  expect((await lease.renew()).getTime()).toBeGreaterThan(first.getTime())
  await eventually(() => Date.now() > first.getTime())
  expect(lease.signal.aborted).toBe(false)
  for (let aborted = false; !aborted; aborted = lease.signal.aborted) await page.goto(setup.site).catch(() => {})
  expect(Date.now()).toBeGreaterThanOrEqual(lease.expiresAt.getTime())
  expect(String(lease.signal.reason)).toMatch(/expired/)
  await lease[Symbol.asyncDispose]()
})

test('the death of the broker leaves no browser, and what was open is unknown after its restart', async () => {
  const account = await setup.account('surviving')
  const lease = await acquired(leases, requestOf(account))
  const action = actionFor(account)
  expect(await lease.begin(action)).toMatchObject({ answer: 'fresh' })
  const lost = new Promise((resolve) => lease.signal.addEventListener('abort', resolve))
  await broker.kill('SIGKILL')
  await lost
  await eventually(async () => (await setup.browsers()) === 0)
  await expect(lease.complete(action, 1, publishedAs(newPlatformId()))).rejects.toThrow(/lost/)
  await lease[Symbol.asyncDispose]()
  await broker.restart()
  await using next = await acquired(leases, requestOf(account))
  expect(next.fence).toBeGreaterThan(lease.fence)
  const answer = await next.begin(action)
  expect(answer).toMatchObject({ answer: 'unknown', attempt: 1 })
  if (answer.answer !== 'unknown') throw new Error('not unknown')
  await eventually(() => Date.now() > Date.parse(answer.settledAt))
  expect(await next.absent(action, 1, new Date())).toEqual({ answer: 'fresh', attempt: 2 })
  await next.abort(action, 2, 'the end of the test')
})

test('what was written while RabbitMQ was away is told after a restart of the broker', async () => {
  const account = await setup.account('telling')
  const lease = await acquired(leases, requestOf(account))
  const action = actionFor(account)
  link.cut()
  await lease.begin(action)
  await lease.complete(action, 1, publishedAs(newPlatformId()))
  expect(saidOf(action)).toEqual([])
  await broker.kill('SIGKILL')
  await lease[Symbol.asyncDispose]()
  link.mend()
  await broker.restart()
  await eventually(() => saidOf(action).length >= 2)
  expect(saidOf(action)).toEqual(['post.segment_begun', 'post.segment_published'])
})

test('a starting broker hears what was said while it was away before it grants', async () => {
  const account = await setup.account('draining')
  const action = actionFor(account)
  await broker.kill('SIGKILL')
  const answered = cancel(action, account, 30_000)
  const acquiring = leases.acquire(requestOf(account, { startBy: new Date(Date.now() + 30_000) }))
  await broker.restart()
  expect(await answered).toEqual({ result: 'cancelled' })
  const lease = await acquiring
  if (!lease.granted) throw new Error(lease.reason)
  expect(await lease.begin(action)).toEqual({ answer: 'revoked' })
  await lease[Symbol.asyncDispose]()
})

test('a second broker on the same ledger waits, unready, and takes over when the first has ended', async () => {
  const { amqpUrl, rabbitmqManagementUrl: managementUrl } = env.endpoints
  await using second = await startBroker({ amqpUrl, managementUrl, dataDir: broker.dataDir, awaitReady: false })
  const reasons = async (): Promise<string> => (await fetch(`${second.opsUrl}/readyz`)).text()
  await eventually(async () => (await reasons()).includes('Another browser-broker holds shard 0'), {
    timeoutMs: 30_000,
  })
  await broker.kill('SIGKILL')
  await second.ready()
  await second.kill('SIGTERM')
  await broker.restart()
})

test('a stop tells the holders, and leaves neither process nor profile', async () => {
  const account = await setup.account('stopping')
  const lease = await acquired(leases, requestOf(account))
  const lost = new Promise((resolve) => lease.signal.addEventListener('abort', resolve))
  await broker.kill('SIGTERM')
  await lost
  expect(await setup.browsers()).toBe(0)
  expect(await readdir(`${broker.dataDir}/browsers`)).toEqual([])
  await lease[Symbol.asyncDispose]()
})
