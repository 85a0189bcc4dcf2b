import {
  AccountResumed,
  CancelAnswer,
  CancelPost,
  JobRan,
  PauseAccount,
  PostId,
  newId,
} from '@surepost/shared/contracts'
import { ContractError, UnavailableError } from '@surepost/shared/errors'
import { UnroutableError, answer, done, handle, retry } from '@surepost/shared/messaging'
import { eventually, isolate } from '@surepost/testkit'
import { expect, test } from 'vitest'
import { account, jobRan, pause } from '../fixtures/bodies.ts'
import { busOf, managementOf, shortenRungs } from '../fixtures/bus.ts'

const env = await isolate()
const cancel = () => ({ postId: PostId.parse(newId()), account, by: 'a tester', reason: 'no longer true' })

test('a question is answered, by another service, and many at once are not mixed up', async () => {
  const broker = await busOf(env, { service: 'broker' })
  const results = new Map<string, 'cancelled' | 'too_late'>()
  await broker.consume([handle(CancelPost, async ({ body }) => answer({ result: results.get(body.postId) }))], {
    prefetch: 20,
  })
  const console = await busOf(env, { service: 'console' })
  const questions = Array.from({ length: 40 }, (_, i) => {
    const question = cancel()
    results.set(question.postId, i % 3 === 0 ? 'cancelled' : 'too_late')
    return question
  })
  const answers = await Promise.all(
    questions.map((question) => console.ask(CancelPost, question, CancelAnswer, { shard: 0, timeoutMs: 10_000 })),
  )
  expect(answers).toEqual(questions.map(({ postId }) => ({ result: results.get(postId) })))
})

test('the answer of a later attempt counts as well', async () => {
  await shortenRungs(env, 100, ['surepost.delay.commands.1s'])
  const bus = await busOf(env)
  await bus.consume(
    [
      handle(CancelPost, async ({ attempt }) =>
        attempt === 1 ? retry(new Error('busy')) : answer({ result: 'cancelled' }),
      ),
    ],
    { prefetch: 1 },
  )
  const result = await bus.ask(CancelPost, cancel(), CancelAnswer, { shard: 0, timeoutMs: 10_000 })
  expect(result).toEqual({ result: 'cancelled' })
})

test('a question that nobody answers ends at its time', async () => {
  const bus = await busOf(env)
  const asked = bus.ask(CancelPost, cancel(), CancelAnswer, { shard: 0, timeoutMs: 300 })
  await expect(asked).rejects.toThrow(UnavailableError)
  await expect(asked).rejects.toThrow('No answer came within 300 ms')
})

test('an answer that is none is told so', async () => {
  const bus = await busOf(env)
  await bus.consume([handle(CancelPost, async () => answer({ result: 'perhaps' }))], { prefetch: 10 })
  await expect(bus.ask(CancelPost, cancel(), CancelAnswer, { shard: 0, timeoutMs: 5_000 })).rejects.toThrow(
    ContractError,
  )
})

test('a protocol of several answers goes to an inbox, and an asker that is gone is an error to who answers', async () => {
  const broker = await busOf(env, { service: 'broker' })
  const asked = Promise.withResolvers<{ replyTo: string; correlationId: string }>()
  await broker.consume(
    [
      handle(PauseAccount, async ({ replyTo, correlationId }) => {
        if (replyTo !== undefined) asked.resolve({ replyTo, correlationId })
        return done
      }),
    ],
    { prefetch: 5 },
  )
  const poster = await busOf(env, { service: 'poster' })
  const received: unknown[] = []
  const inbox = await poster.inbox((body, correlationId) => received.push([body, correlationId]))
  await poster.request(PauseAccount, pause('x'), { shard: 0, replyTo: inbox.queue, correlationId: 'r1' })
  const to = await asked.promise
  expect(to).toEqual({ replyTo: inbox.queue, correlationId: 'r1' })
  await broker.reply(to, { n: 1 })
  await broker.reply(to, { n: 2 })
  await eventually(() => received.length === 2)
  expect(received).toEqual([
    [{ n: 1 }, 'r1'],
    [{ n: 2 }, 'r1'],
  ])
  await inbox[Symbol.asyncDispose]()
  await eventually(() =>
    broker.reply(to, { n: 3 }).then(
      () => false,
      (error: unknown) => error instanceof UnroutableError,
    ),
  )
})

test('an answer to an asker that is gone does not bring the command back', async () => {
  const bus = await busOf(env)
  const taken: string[] = []
  await bus.consume([handle(CancelPost, async ({ id }) => (taken.push(id), answer({ result: 'cancelled' })))], {
    prefetch: 5,
  })
  const id = newId()
  await bus.request(CancelPost, cancel(), { shard: 0, id, replyTo: 'surepost.nobody', correlationId: 'gone' })
  await eventually(() => taken.includes(id))
  await bus[Symbol.asyncDispose]()
  const next = await busOf(env)
  const takenNext: string[] = []
  await next.consume([handle(CancelPost, async (delivery) => (takenNext.push(delivery.id), done))], { prefetch: 5 })
  const later = newId()
  await next.send(CancelPost, cancel(), { shard: 0, id: later })
  await eventually(() => takenNext.includes(later))
  expect(takenNext).toEqual([later])
})

test('an inbox has its old name after the connection was lost', async () => {
  const bus = await busOf(env)
  const received: unknown[] = []
  const inbox = await bus.inbox((body) => received.push(body))
  const management = managementOf(env)
  await management.closeConnections()
  await eventually(() => bus.reply({ replyTo: inbox.queue, correlationId: 'c' }, { still: 'here' }).then(() => true))
  await eventually(() => received.length > 0)
})

test('a live view sees facts from now on, and leaves nothing behind', async () => {
  const bus = await busOf(env)
  await bus.emit(JobRan, jobRan('before'))
  const seen: unknown[] = []
  const watch = await bus.watchFacts((fact) => seen.push(fact))
  const id = newId()
  const body = jobRan('now')
  await bus.emit(JobRan, body, { id })
  await eventually(() => seen.length > 0)
  expect(seen).toEqual([{ id, type: 'job.ran', body }])
  await watch[Symbol.asyncDispose]()
})

test('a live view of some kinds of facts sees no others', async () => {
  const bus = await busOf(env)
  const seen: string[] = []
  await using _ = await bus.watchFacts(({ type }) => seen.push(type), [AccountResumed])
  await bus.emit(JobRan, jobRan('now'))
  await bus.emit(AccountResumed, { at: new Date().toISOString(), account, by: 'a person' })
  await eventually(() => seen.length > 0)
  expect(seen).toEqual(['account.resumed'])
})
