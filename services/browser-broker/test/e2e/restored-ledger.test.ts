import { copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { LedgerStanding, SetKillSwitch } from '@surepost/shared/contracts'
import { eventually, isolate } from '@surepost/testkit'
import { afterAll, expect, test } from 'vitest'
import { z } from 'zod'
import { acquired, actionFor, newPlatformId, publishedAs, requestOf } from '../support/fixtures.ts'
import { setUp } from '../support/setup.ts'

const env = await isolate()
const setup = await setUp(env)
const { broker, bus, leases } = setup
afterAll(() => setup[Symbol.asyncDispose]())

const ledger = join(broker.dataDir, 'ledger.db')
const setKillSwitch = (on: boolean) =>
  bus.ask(SetKillSwitch, { on, by: 'test', reason: 'fire' }, z.unknown(), { shard: 0, timeoutMs: 10_000 })
const standing = async () => (await bus.kept(LedgerStanding, { shard: 0 }))?.killSwitch.on

test('a ledger that was restored from a backup creates nothing that its later self has created', async () => {
  const account = await setup.account('restoring')
  await broker.kill('SIGTERM')
  await copyFile(ledger, `${ledger}.backup`)
  await broker.restart()
  const action = actionFor(account)
  const lease = await acquired(leases, requestOf(account))
  await lease.begin(action)
  await lease.complete(action, 1, publishedAs(newPlatformId()))
  await lease[Symbol.asyncDispose]()
  await setKillSwitch(true)
  await eventually(standing)

  // Everybody has heard of it, so that no fact comes back to tell.
  await broker.kill('SIGKILL')
  await copyFile(`${ledger}.backup`, ledger)
  for (const log of ['-wal', '-shm']) await rm(`${ledger}${log}`, { force: true })
  await broker.restart()
  expect(broker.output.join('\n')).toContain('It begins anew and asks the platform')

  expect(await leases.acquire(requestOf(account))).toMatchObject({ granted: false, reason: 'kill_switch' })
  await setKillSwitch(false)
  await using next = await acquired(leases, requestOf(account))
  expect(await next.begin(action)).toMatchObject({ answer: 'unknown' })
})
