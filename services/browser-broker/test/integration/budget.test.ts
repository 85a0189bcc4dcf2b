import { eventually, isolate } from '@surepost/testkit'
import { expect, test } from 'vitest'
import { askBy, busOf, testDesk } from '../support/desk.ts'
import { actionFor } from '../support/fixtures.ts'

const environment = await isolate()

test('a lease for what the budget has no room for is refused at once, with its own time, and takes no browser', async () => {
  await using it = await testDesk(environment, { slots: 2, claimMs: 5_000 })
  await using _taking = await it.take()
  await using bus = await busOf(environment)
  const account = it.account('spent', { post: { perHour: 1, perDay: 10, minGapSeconds: 0 } })
  it.ledger.ask(actionFor(account))

  const answers = await askBy(bus, account, actionFor(account))
  await eventually(() => answers.length === 1)
  const retryAt = new Date(it.ledger.now + 3_600_000).toISOString()
  expect(answers).toMatchObject([{ answer: 'refused', reason: 'budget', retryAt }])
  expect(it.taken).toBe(0)

  // Whoever asks as before, without saying what for, is told by `begin`.
  const old = await askBy(bus, account)
  await eventually(() => old.some(({ answer }) => answer === 'granted'))
  expect(it.taken).toBe(1)
})

test('a post whose budget was spent while it waited in line takes no browser either', async () => {
  await using it = await testDesk(environment, { slots: 2, claimMs: 5_000 })
  await using _taking = await it.take()
  await using bus = await busOf(environment)
  const account = it.account('raced', { post: { perHour: 1, perDay: 10, minGapSeconds: 0 } })
  const first = await askBy(bus, account, actionFor(account))
  await eventually(() => first.length === 1)
  const second = await askBy(bus, account, actionFor(account))
  await eventually(() => it.desk.line.waiting.length === 1)
  it.ledger.ask(actionFor(account))

  // The first is never claimed: after 5 s the account is free.
  await eventually(() => second.length > 0 && second.at(-1)?.answer !== 'waiting', { timeoutMs: 30_000 })
  expect(second.at(-1)).toMatchObject({ answer: 'refused', reason: 'budget' })
  expect(it.taken).toBe(1)
})
