import {
  AlertCleared,
  AlertRaised,
  type CommandContract,
  JobRan,
  PauseAccount,
  PoolPressure,
  ResumeAccount,
  newId,
} from '@surepost/shared/contracts'
import { ContractError, UnavailableError } from '@surepost/shared/errors'
import { UnroutableError, done, handle } from '@surepost/shared/messaging'
import { Registry } from '@surepost/shared/runtime'
import { eventually, isolate } from '@surepost/testkit'
import { expect, test } from 'vitest'
import { account, pause, resume } from '../fixtures/bodies.ts'
import { busOf, managementOf, proxyOf, closing } from '../fixtures/bus.ts'

const env = await isolate()
const management = managementOf(env)

test('a command is confirmed and taken with all that was said of it', async () => {
  const bus = await busOf(env)
  const taken = Promise.withResolvers<object>()
  await bus.consume([handle(PauseAccount, async (delivery) => (taken.resolve(delivery), done))], { prefetch: 1 })
  const id = crypto.randomUUID()
  await bus.send(PauseAccount, pause('one'), { shard: 0, id, correlationId: 'c1' })
  expect(await taken.promise).toMatchObject({
    id,
    type: 'account.pause',
    body: pause('one'),
    attempt: 1,
    lastAttempt: false,
    correlationId: 'c1',
    replyTo: undefined,
    sentAt: expect.any(Date),
  })
})

test('a recorded fact without a queue is an error to its sender, is told of, and the hole is mended', async () => {
  const bus = await busOf(env)
  const said: string[] = []
  const hear = async ({ type, body: { key } }: { type: string; body: { key: string } }) => {
    if (key.startsWith('unroutable:job.ran.')) said.push(type)
    return done
  }
  // Not by a live view, which would take what no queue takes.
  const routes = [handle(AlertRaised, hear), handle(AlertCleared, hear)]
  await bus.consumeFacts('persister.alerts', routes, { prefetch: 1 })
  const at = new Date().toISOString()
  const ran = {
    at,
    job: 'j',
    account: null,
    startedAt: at,
    outcome: 'succeeded',
    category: null,
    detail: null,
  } as const
  await management.deleteQueue('persister.facts')
  await expect(bus.emit(JobRan, ran)).rejects.toThrow(UnroutableError)
  await eventually(() => bus.emit(JobRan, ran).then(() => true))
  await eventually(() => said.length >= 2, { timeoutMs: 40_000 })
  expect(said).toEqual(['alert.raised', 'alert.cleared'])
})

test('a fact for live views that nobody watches is no error', async () => {
  const bus = await busOf(env)
  const waiting = { act: 0, interactive: 0, background: 0 }
  const body = { at: new Date().toISOString(), shard: 0, slots: 3, free: 3, active: 0, waiting, oldestWaitMs: 0 }
  await bus.emit(PoolPressure, body)
})

test('a queue that refuses is tried again until it takes the message', async () => {
  const registry = new Registry()
  const bus = await busOf(env, { registry })
  const queue = 'broker.control.0'
  const definition = { 'max-length': 1, overflow: 'reject-publish' }
  await management.setPolicy(queue, definition, 60_000)
  const sends: Promise<void>[] = []
  const ids: string[] = []
  await eventually(async () => {
    // A quorum queue tells its publishers a moment after it is full.
    const id = newId()
    ids.push(id)
    sends.push(bus.send(ResumeAccount, resume(), { shard: 0, id }))
    return (await registry.metrics()).includes('surepost_messages_nacked_total{type="account.resume"}')
  })
  await management.setPolicy(queue, { ...definition, 'max-length': 1_000 }, 60_000)
  await Promise.all(sends)
  const taken = new Set<string>()
  await bus.consume([handle(ResumeAccount, async ({ id }) => (taken.add(id), done))], { prefetch: 50 })
  await eventually(() => ids.every((id) => taken.has(id)))
})

test('what cannot be confirmed ends with the signal of its sender', async () => {
  const proxy = closing(await proxyOf(env))
  const bus = await busOf(env, { url: proxy.url })
  proxy.refuse(true)
  proxy.cut()
  const signal = AbortSignal.timeout(100)
  await expect(bus.send(PauseAccount, pause('never'), { shard: 0, signal })).rejects.toThrow('timeout')
  proxy.refuse(false)
})

test('a bus that is closed refuses, and says so', async () => {
  const bus = await busOf(env)
  await bus[Symbol.asyncDispose]()
  await expect(bus.send(PauseAccount, pause('late'), { shard: 0 })).rejects.toThrow(UnavailableError)
})

test.each([
  [
    'a body that does not fit',
    PauseAccount,
    { account: 'NOT OK', reason: '', until: null },
    { shard: 0 },
    'A account.pause cannot be sent: account:',
  ],
  ['no shard', PauseAccount, pause('x'), {}, 'account.pause goes to a shard from 0 to 0, not to none'],
  [
    'a shard that there is not',
    PauseAccount,
    pause('x'),
    { shard: 1 },
    'account.pause goes to a shard from 0 to 0, not to 1',
  ],
])('%s is refused before it is sent', async (_, contract: CommandContract, body, options, sentence) => {
  const bus = await busOf(env)
  const sent = bus.send(contract, body, options)
  await expect(sent).rejects.toThrow(ContractError)
  await expect(sent).rejects.toThrow(sentence)
})

test('messages that a handler sends continue its correlation', async () => {
  const bus = await busOf(env)
  const second = Promise.withResolvers<string>()
  await bus.consume(
    [
      handle(PauseAccount, async (delivery) => {
        if (delivery.body.reason === 'first') await bus.send(ResumeAccount, resume(), { shard: 0 })
        return done
      }),
      handle(ResumeAccount, async (delivery) => (second.resolve(delivery.correlationId), done)),
    ],
    { prefetch: 5 },
  )
  // What earlier tests left in the queue is of no interest.
  await bus.send(PauseAccount, { ...pause('first'), account }, { shard: 0, correlationId: 'thread of thought' })
  await eventually(async () => (await second.promise) !== '')
})
