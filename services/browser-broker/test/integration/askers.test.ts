import { pause } from '@surepost/shared/runtime'
import { eventually, isolate } from '@surepost/testkit'
import { expect, test } from 'vitest'
import { askBy, busOf, testDesk } from '../support/desk.ts'

/** Longer than an asker is taken to be there after its request. The one thing that can only be waited for is time. */
const OLD_MS = 3_500

const environment = await isolate()

test('requests whose askers are gone, as a restart of RabbitMQ leaves them, take no browser and hold nobody up', async () => {
  await using it = await testDesk(environment, { slots: 2, claimMs: 5_000 })
  const dead = await busOf(environment)
  await Promise.all(Array.from({ length: 8 }, (_, n) => askBy(dead, it.account(`dead-${n}`))))
  await dead[Symbol.asyncDispose]()
  await pause(OLD_MS)

  await using _taking = await it.take()
  await using living = await busOf(environment)
  const answers = await askBy(living, it.account('living'))
  await eventually(() => answers.some(({ answer }) => answer === 'granted'))
  expect([it.taken, it.desk.line.waiting.length]).toEqual([1, 0])
  // They are settled, and not handed back.
  await eventually(async () => it.desk.arriving === 0)
  expect(it.taken).toBe(1)
})

test('an asker that dies while it waits in line costs no browser when its turn comes', async () => {
  await using it = await testDesk(environment, { slots: 2, claimMs: 5_000 })
  await using _taking = await it.take()
  await using living = await busOf(environment)
  const account = it.account('shared')
  const first = await askBy(living, account)
  await eventually(() => first.length === 1)
  const dying = await busOf(environment)
  await askBy(dying, account)
  const last = await askBy(living, account)
  await eventually(() => it.desk.line.waiting.length === 2)
  await dying[Symbol.asyncDispose]()

  // The first is never claimed: after 5 s the account is free.
  await eventually(() => last.some(({ answer }) => answer === 'granted'), { timeoutMs: 30_000 })
  expect(it.taken).toBe(2)
})

test('an asker that is gone does not keep its place in line', async () => {
  await using it = await testDesk(environment, { slots: 2, claimMs: 60_000 })
  await using _taking = await it.take()
  await using living = await busOf(environment)
  const account = it.account('kept')
  const first = await askBy(living, account)
  await eventually(() => first.length === 1)
  const dying = await busOf(environment)
  await askBy(dying, account)
  await askBy(living, account)
  await eventually(() => it.desk.line.waiting.length === 2)
  await dying[Symbol.asyncDispose]()
  await eventually(() => it.desk.line.waiting.length === 1, { timeoutMs: 30_000 })
  await eventually(() => it.desk.arriving === 0, { timeoutMs: 30_000 })
  expect([it.taken, it.desk.line.waiting.length]).toEqual([1, 1])
})

test('an asker that has waited for long and is there still gets its lease', async () => {
  await using it = await testDesk(environment, { slots: 2, claimMs: 5_000 })
  await using bus = await busOf(environment)
  const answers = await askBy(bus, it.account('patient'))
  await pause(OLD_MS)
  await using _taking = await it.take()
  await eventually(() => answers.length === 2)
  expect(answers.map(({ answer }) => answer)).toEqual(['waiting', 'granted'])
})
