import { readFile } from 'node:fs/promises'
import { eventually, isolate } from '@surepost/testkit'
import { afterAll, expect, test } from 'vitest'
import { membersOf, processesOf } from '../../src/browsers/group.ts'
import { acquired, requestOf } from '../support/fixtures.ts'
import { setUp } from '../support/setup.ts'

const env = { BROKER_SLOTS: '2', BROWSER_CANARY_EVERY_MS: '500', BROWSER_CANARY_MS: '12000' }
const setup = await setUp(await isolate(), { env })
const { broker, leases, site } = setup
afterAll(() => setup[Symbol.asyncDispose]())

const processes = () => processesOf(`${broker.dataDir}/browsers`)
const groups = async (): Promise<number[]> => [...new Set((await processes()).map(({ group }) => group))]

const canaries = async (): Promise<number> => {
  const metrics = await (await fetch(`${broker.opsUrl}/metrics`)).text()
  return Number(/^surepost_canary_seconds_count(?:\{\S*\})? (\d+)/m.exec(metrics)?.[1] ?? 0)
}

/** The one browser that there is while there is no lease: the spare, which has loaded its page. */
const spare = async (): Promise<number> => {
  const before = await canaries()
  return eventually(
    async () => {
      const [group, ...others] = await groups()
      return others.length === 0 && group !== undefined && (await canaries()) > before && group
    },
    { timeoutMs: 60_000 },
  )
}

const commandOf = (pid: number): Promise<string> => readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')

test('an idle browser that hangs is replaced before anybody asks for it', async () => {
  const group = await spare()
  process.kill(-group, 'SIGSTOP')
  await eventually(async () => !(await groups()).includes(group), { timeoutMs: 60_000 })
  expect(await spare()).not.toBe(group)
})

test('an idle browser that answers but can open no page is replaced', async () => {
  const group = await spare()
  const zygotes: number[] = []
  for (const pid of await membersOf(group)) if ((await commandOf(pid)).includes('--type=zygote')) zygotes.push(pid)
  expect(zygotes).not.toEqual([])
  for (const pid of zygotes) process.kill(pid, 'SIGSTOP')
  await eventually(async () => !(await groups()).includes(group), { timeoutMs: 60_000 })
})

test('a browser that works is left alone, and a lease is not disturbed by the tests', async () => {
  const account = await setup.account('tested')
  await using lease = await acquired(leases, requestOf(account))
  const page = await lease.newPage()
  const before = broker.output.length
  await eventually(async () => (await groups()).length === 2)
  const all = await groups()
  for (let i = 0; i < 20; i += 1) expect((await page.goto(site))?.status()).toBe(200)
  expect(await groups()).toEqual(expect.arrayContaining(all))
  expect(broker.output.slice(before).join('\n')).not.toContain('is retired')
})
