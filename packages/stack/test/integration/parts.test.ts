import { rm } from 'node:fs/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { eventually } from '@surepost/testkit'
import { startStack, type Stack, type StackDescription } from '../../src/index.ts'
import { portsFrom } from '../../src/ports.ts'
import { readState, type StackState } from '../../src/state.ts'
import { newDataDir } from './stack-process.ts'

/** A stack needs some 8 s to start on an idle machine of two cores, and much longer on a busy one. */
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

let stack: Stack
let description: StackDescription
let dataDir: string
const exited: string[] = []

beforeAll(async () => {
  dataDir = await newDataDir()
  stack = await startStack({ dataDir, ephemeral: true, onExited: ({ name }) => exited.push(name) })
  description = await stack.describe()
})

afterAll(async () => {
  await stack.stop()
  await rm(dataDir, { recursive: true, force: true })
})

const query = async (sql: string): Promise<readonly unknown[]> => {
  const client = new Client({ connectionString: description.endpoints.postgresUrl })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

const rest = async (path: string): Promise<Response> => {
  const { supabaseUrl, supabaseKey } = description.endpoints
  return fetch(`${supabaseUrl}/rest/v1/${path}`, {
    headers: { apikey: supabaseKey, authorization: `Bearer ${supabaseKey}` },
  })
}

const management = async (path: string): Promise<unknown> => {
  const url = new URL(`api/${path}`, description.endpoints.rabbitmqManagementUrl)
  const authorization = `Basic ${btoa(`${url.username}:${url.password}`)}`
  url.username = ''
  url.password = ''
  return (await fetch(url, { headers: { authorization } })).json()
}

const stateNow = (): StackState => {
  const state = readState(dataDir)
  if (state === undefined) throw new Error('no state')
  return state
}

test.each([{ hard: false }, { hard: true }])(
  'Postgres keeps its port and its rows over a stop and a start (%o)',
  async ({ hard }) => {
    await query('create table if not exists kept (note text)')
    await query(`insert into kept values ('hard ${hard}')`)
    await stack.stopPart('postgres', { hard })
    await expect(query('select 1')).rejects.toThrow()
    await stack.startPart('postgres')
    expect(await query(`select note from kept where note = 'hard ${hard}'`)).toEqual([{ note: `hard ${hard}` }])
  },
)

test('PostgREST comes back by itself after Postgres was away', async () => {
  await stack.stopPart('postgres')
  expect((await rest('')).ok).toBe(false)
  await stack.startPart('postgres')
  await eventually(async () => (await rest('')).ok, { timeoutMs: 30_000 })
})

test('RabbitMQ keeps its queues and its policies over a kill and a start', async () => {
  const { rabbitmqManagementUrl } = description.endpoints
  const url = new URL('api/queues/surepost/kept', rabbitmqManagementUrl)
  const authorization = `Basic ${btoa(`${url.username}:${url.password}`)}`
  url.username = ''
  url.password = ''
  const body = JSON.stringify({ durable: true, arguments: { 'x-queue-type': 'quorum' } })
  await fetch(url, { method: 'PUT', headers: { authorization, 'content-type': 'application/json' }, body })
  // A definition that is younger than this may not have reached every log on disk yet.
  await eventually(async () =>
    expect(await management('queues/surepost/kept')).toMatchObject({ state: 'running', name: 'kept' }),
  )
  const policies = await management('policies/surepost')
  await stack.stopPart('rabbitmq', { hard: true })
  await stack.startPart('rabbitmq')
  expect(await management('policies/surepost')).toEqual(policies)
  expect(await management('queues/surepost/kept')).toMatchObject({ name: 'kept', type: 'quorum' })
})

test('the gateway and PostgREST can be taken away and given back', async () => {
  await stack.stopPart('postgrest')
  expect((await rest('')).status).toBe(503)
  await stack.startPart('postgrest')
  expect((await rest('')).status).toBe(200)
  await stack.stopPart('gateway', { hard: true })
  await expect(rest('')).rejects.toThrow()
  await stack.startPart('gateway')
  expect((await rest('')).status).toBe(200)
})

test('a process that ends by itself is reported, not hidden', async () => {
  const victim = stateNow().processes.find(({ name }) => name === 'postgrest')
  process.kill(victim?.pid ?? 0, 'SIGKILL')
  await eventually(() => exited.includes('postgrest'))
  await stack.startPart('postgrest')
  expect((await rest('')).status).toBe(200)
  expect(exited).toEqual(['postgrest'])
})

test('a part that does not exist is named, with those that do', async () => {
  await expect(stack.stopPart('redis')).rejects.toThrow(
    'There is no "redis" in this stack. It has: postgres, rabbitmq, postgrest, gateway',
  )
})

test('the roles are those of a Supabase project', async () => {
  const rows = await query(
    "select rolname, rolbypassrls, rolcanlogin from pg_roles where rolname in ('anon', 'authenticated', 'service_role', 'authenticator') order by 1",
  )
  expect(rows).toEqual([
    { rolname: 'anon', rolbypassrls: false, rolcanlogin: false },
    { rolname: 'authenticated', rolbypassrls: false, rolcanlogin: false },
    { rolname: 'authenticator', rolbypassrls: false, rolcanlogin: true },
    { rolname: 'service_role', rolbypassrls: true, rolcanlogin: false },
  ])
})

test('nothing listens beyond loopback', async () => {
  const { readFile } = await import('node:fs/promises')
  const ours = new Set<number>(Object.values(portsFrom(stack.control.port)))
  const listening = (await readFile('/proc/net/tcp', 'utf8'))
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local, , state] = line.trim().split(/\s+/)
      const [address, port] = (local ?? '').split(':')
      return state === '0A' ? [{ address, port: Number.parseInt(port ?? '', 16) }] : []
    })
  const found = listening.filter(({ port }) => ours.has(port))
  expect(found.length).toBeGreaterThan(6)
  expect(found.filter(({ address }) => address !== '0100007F')).toEqual([])
})
