import { LedgerStanding, newId } from '@surepost/shared/contracts'
import { isolate } from '@surepost/testkit'
import { expect, test } from 'vitest'
import { busOf, managementOf } from '../fixtures/bus.ts'

const env = await isolate()

const standing = (seq: number) => ({
  at: new Date().toISOString(),
  id: newId(),
  seq,
  killSwitch: { on: false, by: '', reason: '' },
})

test('a value that was never kept is none', async () => {
  const bus = await busOf(env, { shards: 2 })
  expect(await bus.kept(LedgerStanding, { shard: 0 })).toBeUndefined()
})

test('the value that was kept last is there for everybody, however often it is read, for each shard its own', async () => {
  const bus = await busOf(env, { shards: 2 })
  const [first, last, other] = [standing(1), standing(2), standing(7)]
  for (const value of [first, last]) await bus.keep(LedgerStanding, value, { shard: 0 })
  await bus.keep(LedgerStanding, other, { shard: 1 })
  const reader = await busOf(env, { shards: 2 })
  for (let times = 0; times < 3; times++) expect(await reader.kept(LedgerStanding, { shard: 0 })).toEqual(last)
  expect(await reader.kept(LedgerStanding, { shard: 1 })).toEqual(other)
})

test('a value outlives every connection', async () => {
  const bus = await busOf(env, { shards: 2 })
  const value = standing(3)
  await bus.keep(LedgerStanding, value, { shard: 0 })
  await managementOf(env).closeConnections()
  expect(await bus.kept(LedgerStanding, { shard: 0 })).toEqual(value)
})
