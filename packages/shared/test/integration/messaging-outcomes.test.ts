import {
  COMMANDS,
  FACT_QUEUES,
  LEASE_REQUESTS,
  PauseAccount,
  ResumeAccount,
  AlertCleared,
  AlertRaised,
  SegmentPublished,
  factQueueName,
  newId,
  queueName,
} from '@surepost/shared/contracts'
import { PermanentError, ThrottledError } from '@surepost/shared/errors'
import {
  type DeadLetter,
  answer,
  applyPolicies,
  deadLetterAlert,
  done,
  handle,
  reject,
  retry,
  snooze,
  topology,
  vhostOf,
} from '@surepost/shared/messaging'
import { eventually, isolate } from '@surepost/testkit'
import { expect, test } from 'vitest'
import { pause, resume } from '../fixtures/bodies.ts'
import { busOf, deadLettersOf, managementOf, shortenRungs } from '../fixtures/bus.ts'

const env = await isolate()
const management = managementOf(env)
const QUEUE = 'broker.control.0'
const RUNGS_WALKED = PauseAccount.retry.rungs.map((rung) => `surepost.delay.commands.${rung}`)

const onlyLetter = async (queue = QUEUE): Promise<DeadLetter> => {
  const dead = await deadLettersOf(env)
  const [letter, ...others] = await eventually(async () => {
    const letters = await dead.list(queue, 10)
    return letters.length > 0 && letters
  })
  if (letter === undefined || others.length > 0) throw new Error(`expected one dead letter of ${queue}`)
  await dead.discard(queue, 'all')
  return letter
}

test('a message that always fails walks its rungs, one attempt each, and ends in the dead queue with its reason', async () => {
  await shortenRungs(env, 150, RUNGS_WALKED)
  const bus = await busOf(env)
  const seen: { attempt: number; last: boolean; at: number }[] = []
  await bus.consume(
    [
      handle(PauseAccount, async (delivery) => {
        seen.push({ attempt: delivery.attempt, last: delivery.lastAttempt, at: Date.now() })
        return retry(new Error(`no luck at ${delivery.attempt}`))
      }),
    ],
    { prefetch: 5 },
  )
  const id = newId()
  await bus.send(PauseAccount, pause('walk'), { shard: 0, id })
  const letter = await onlyLetter()
  expect(seen.map(({ attempt, last }) => [attempt, last])).toEqual([
    [1, false],
    [2, false],
    [3, false],
    [4, true],
  ])
  for (const [i, { at }] of seen.entries()) if (i > 0) expect(at - (seen[i - 1]?.at ?? 0)).toBeGreaterThanOrEqual(145)
  expect(letter).toMatchObject({
    id,
    type: 'account.pause',
    queue: QUEUE,
    attempts: 4,
    reason: 'all 4 attempts failed, at last with: no luck at 4',
    stack: expect.stringContaining('messaging-outcomes.test.ts'),
    at: expect.stringMatching(/Z$/),
    firstSeen: expect.stringMatching(/Z$/),
  })
  expect(JSON.parse(letter.content.toString())).toEqual(pause('walk'))
})

test('a snooze spends no attempt and is kept to within a second of its time', async () => {
  await applyPolicies(env.endpoints.rabbitmqManagementUrl, vhostOf(env.endpoints.amqpUrl), 1)
  const bus = await busOf(env)
  const until = new Date(Date.now() + 2_400)
  const again = Promise.withResolvers<{ attempt: number; at: number }>()
  let first = true
  await bus.consume(
    [
      handle(PauseAccount, async ({ attempt }) => {
        if (first) {
          first = false
          throw new ThrottledError('not before then', until)
        }
        again.resolve({ attempt, at: Date.now() })
        return done
      }),
    ],
    { prefetch: 1 },
  )
  await bus.send(PauseAccount, pause('snooze'), { shard: 0 })
  const { attempt, at } = await again.promise
  expect(attempt).toBe(1)
  expect(at).toBeGreaterThanOrEqual(until.getTime())
  expect(at).toBeLessThan(until.getTime() + 1_000)
})

test('a command for later is not handled before its time, and soon after it', async () => {
  const bus = await busOf(env)
  const taken = Promise.withResolvers<number>()
  await bus.consume([handle(ResumeAccount, async () => (taken.resolve(Date.now()), done))], { prefetch: 1 })
  const notBefore = new Date(Date.now() + 1_300)
  await bus.send(ResumeAccount, resume(), { shard: 0, notBefore })
  const at = await taken.promise
  expect(at).toBeGreaterThanOrEqual(notBefore.getTime())
  expect(at).toBeLessThan(notBefore.getTime() + 1_000)
})

test('what is rejected, and what throws a permanent error, is parked at once', async () => {
  const bus = await busOf(env)
  await bus.consume(
    [
      handle(PauseAccount, async () => reject('nobody may pause it')),
      handle(ResumeAccount, async () => {
        throw new PermanentError('unknown_account', 'there is no such account')
      }),
    ],
    { prefetch: 1 },
  )
  await bus.send(PauseAccount, pause('x'), { shard: 0 })
  expect(await onlyLetter()).toMatchObject({ reason: 'nobody may pause it', attempts: 1 })
  await bus.send(ResumeAccount, resume(), { shard: 0 })
  expect(await onlyLetter()).toMatchObject({ reason: 'unknown_account: there is no such account' })
})

test('an outcome that cannot be carried out is parked, and holds nothing up', async () => {
  const bus = await busOf(env)
  const circle: { self?: unknown } = {}
  circle.self = circle
  let resumed = false
  await bus.consume(
    [
      handle(PauseAccount, async ({ body }) => (body.reason === 'answer' ? answer(circle) : snooze(new Date(NaN), ''))),
      handle(ResumeAccount, async () => ((resumed = true), done)),
    ],
    { prefetch: 1 },
  )
  await bus.request(PauseAccount, pause('answer'), { shard: 0, replyTo: 'surepost.nobody', correlationId: 'c' })
  const { reason } = await onlyLetter()
  expect(reason).toContain('what its handler returned cannot be carried out: Converting circular structure to JSON')
  await bus.send(PauseAccount, pause('snooze'), { shard: 0 })
  expect((await onlyLetter()).reason).toBe('what its handler returned cannot be carried out: Invalid time value')
  await bus.send(ResumeAccount, resume(), { shard: 0 })
  await eventually(() => resumed)
})

test('a type without a route is parked', async () => {
  const bus = await busOf(env)
  await bus.consume([handle(PauseAccount, async () => done)], { prefetch: 1 })
  await bus.send(ResumeAccount, resume(), { shard: 0 })
  expect(await onlyLetter()).toMatchObject({ reason: 'its type "account.resume" has no handler here' })
})

test('a message that kills whoever takes it is parked with a reason, before the broker would do it without one', async () => {
  const bus = await busOf(env)
  await bus.send(PauseAccount, pause('deadly'), { shard: 0 })
  for (let death = 0; death < 19; death++) await management.giveBack(QUEUE)
  let handled = false
  await bus.consume([handle(PauseAccount, async () => ((handled = true), done))], { prefetch: 1 })
  expect((await onlyLetter()).reason).toBe('it came back 19 times without an answer: whatever handles it dies of it')
  expect(handled).toBe(false)
})

test('a message that comes back past the delivery limit is parked by the broker, and the list says so', async () => {
  const bus = await busOf(env)
  await bus.send(PauseAccount, pause('deadly'), { shard: 0 })
  for (let death = 0; death < 21; death++) await management.giveBack(QUEUE)
  expect((await onlyLetter()).reason).toBe('RabbitMQ parked it: it came back too often without an answer')
})

test('a malformed message on any queue goes to its dead queue with the reason, and raises one alert', async () => {
  const bus = await busOf(env)
  const raised: string[] = []
  await using _watch = await bus.watchFacts(({ type, body }) => {
    if (type === 'alert.raised') raised.push((body as { key: string }).key)
  })
  const queues = topology(1)
    .queues.filter(({ role }) => role === 'work')
    .map(({ name }) => name)
  const dead = await deadLettersOf(env)
  for (const queue of queues) await consumeAny(bus, queue)
  for (const queue of queues) {
    await management.put(queue, 'not JSON at all', {
      type: typeFor(queue),
      message_id: newId(),
      headers: { version: 1 },
    })
    await management.put(queue, '{"a":1}', { type: typeFor(queue), message_id: newId(), headers: { version: 1 } })
    await management.put(queue, '{}', {})
  }
  for (const queue of queues) {
    const letters = await eventually(async () => {
      const found = await dead.list(queue, 10)
      return found.length === 3 && found
    })
    const reasons = letters.map(({ reason }) => reason)
    expect(reasons).toEqual(
      expect.arrayContaining([
        'its body is not JSON',
        expect.stringMatching(/^its body is not a /),
        'its message id is not a UUID',
      ]),
    )
    expect(letters.map(({ content }) => content.toString())).toContain('not JSON at all')
    await eventually(() => raised.includes(deadLetterAlert(queue)))
  }
  // Alerts are recorded facts as well, and the persister's queue was watched above: one each, however many letters.
  expect(raised.filter((key) => key === deadLetterAlert(QUEUE))).toHaveLength(1)
})

type TestBus = Awaited<ReturnType<typeof busOf>>

const commands = [...COMMANDS, ...Object.values(LEASE_REQUESTS)]
const commandOf = (queue: string) => commands.find((contract) => queueName(contract, 0) === queue)
const typeFor = (queue: string): string => commandOf(queue)?.type ?? SegmentPublished.type

const consumeAny = async (bus: TestBus, queue: string): Promise<void> => {
  const contract = commandOf(queue)
  if (contract !== undefined) await bus.consume([handle(contract, async () => done)], { prefetch: 5, shard: 0 })
  else if (queue === factQueueName(FACT_QUEUES.persister, 0))
    await bus.consumeFactBatches(queue, async (batch) => batch.map(() => done), { max: 10, lingerMs: 10 })
  // Alerts are what this raises.
  else
    await bus.consumeFacts(
      queue,
      [SegmentPublished, AlertRaised, AlertCleared].map((fact) => handle(fact, async () => done)),
      { prefetch: 5 },
    )
}

test('a snooze into the past comes back after the shortest rung, not at once', async () => {
  const bus = await busOf(env)
  const times: number[] = []
  const twice = Promise.withResolvers<void>()
  await bus.consume(
    [
      handle(PauseAccount, async () => {
        times.push(Date.now())
        if (times.length === 2) twice.resolve()
        return times.length === 1 ? snooze(new Date(0), 'whenever') : done
      }),
    ],
    { prefetch: 1 },
  )
  await bus.send(PauseAccount, pause('past'), { shard: 0 })
  await twice.promise
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(990)
})
