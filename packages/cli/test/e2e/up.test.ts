import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, expect, test, vi } from 'vitest'
import { PROJECT_ROOT, stopStack } from '@surepost/stack'
import { eventually } from '@surepost/testkit'
import type { UpLine } from '../../src/bring-up.ts'

/** Everything needs some 12 s to start on an idle machine of two cores, and much longer on a busy one. */
vi.setConfig({ testTimeout: 400_000, hookTimeout: 120_000 })

const run = promisify(execFile)
const surepost = join(PROJECT_ROOT, 'surepost')
const folders: string[] = []

afterEach(async () => {
  for (const dataDir of folders.splice(0)) {
    await stopStack(dataDir)
    await rm(dataDir, { recursive: true, force: true })
  }
})

interface Up {
  readonly child: ChildProcess
  readonly line: UpLine
  readonly ended: Promise<number | string | null>
}

const newFolder = async (): Promise<string> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'surepost-up-'))
  folders.push(dataDir)
  return dataDir
}

const up = async (dataDir: string): Promise<Up> => {
  const child = spawn(surepost, ['up', '--json', '--data', dataDir], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | string | null>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? code)),
  )
  let out = ''
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      if (out.endsWith('\n')) resolve()
    })
    child.once('exit', () => reject(new Error(`"up" ended early: ${said}`)))
  })
  // Nothing but the one line is on standard output.
  expect(out.trimEnd().split('\n')).toHaveLength(1)
  return { child, line: JSON.parse(out) as UpLine, ended }
}

/** Processes whose environment or command line names this data folder: services, browsers, RabbitMQ, all of them. */
const processesOf = async (dataDir: string): Promise<readonly string[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    pids.map(async (pid) => {
      const [environment, command] = await Promise.all(
        ['environ', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'latin1').catch(() => '')),
      )
      return environment?.includes(dataDir) || command?.includes(dataDir) ? [`${pid} ${command?.slice(0, 80)}`] : []
    }),
  )
  return found.flat()
}

const nothingLeft = (dataDir: string): Promise<unknown> =>
  eventually(async () => expect(await processesOf(dataDir)).toEqual([]), { timeoutMs: 10_000, everyMs: 100 })

/** What can be seen of the services: Prometheus' name, its type, and the services that have it. Histograms are in seconds. */
const METRICS: readonly (readonly [string, 'counter' | 'gauge' | 'histogram', readonly string[]])[] = [
  ['surepost_queue_wait_seconds', 'histogram', ['poster', 'persister', 'scraper', 'replier', 'browser-broker']],
  ['surepost_lease_wait_seconds', 'histogram', ['browser-broker']],
  ['surepost_time_to_live_seconds', 'histogram', ['persister']],
  ['surepost_time_to_recorded_seconds', 'histogram', ['persister']],
  ['surepost_retries_total', 'counter', ['poster', 'persister', 'scraper', 'replier']],
  ['surepost_publish_outcomes_total', 'counter', ['poster']],
  ['surepost_breaker_state', 'gauge', ['poster', 'persister', 'scraper', 'replier']],
  ['surepost_lease_slots', 'gauge', ['browser-broker']],
  ['surepost_browser_roots', 'gauge', ['browser-broker']],
  [
    'process_resident_memory_bytes',
    'gauge',
    ['browser-broker', 'console', 'persister', 'poster', 'replier', 'scraper'],
  ],
]

/** Every metric of the table that a service which should have it does not say, as its type. */
const missingMetrics = async (services: UpLine['services']): Promise<readonly string[]> => {
  const said = new Map<string, string>()
  for (const { name, opsPort } of services.filter((one) => one.name !== 'playground'))
    said.set(name, await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text())
  return METRICS.flatMap(([metric, type, names]) =>
    names
      .filter((name) => said.get(name)?.includes(`# TYPE ${metric} ${type}\n`) !== true)
      .map((name) => `${name}: ${metric} ${type}`),
  )
}

test('"up --json" names everything, its commands take a dependency away and bring it back, and Ctrl-C leaves nothing', async () => {
  const dataDir = await newFolder()
  const { child, line, ended } = await up(dataDir)
  expect(line.accounts.map(({ id, platform }) => ({ id, platform }))).toEqual([
    { id: 'ada', platform: 'x' },
    { id: 'grace', platform: 'x' },
  ])
  expect(line.services.map(({ name }) => name).toSorted()).toEqual([
    'browser-broker',
    'console',
    'persister',
    'playground',
    'poster',
    'replier',
    'scraper',
  ])
  for (const { opsPort, name } of line.services.filter((one) => one.name !== 'playground')) {
    expect((await fetch(`http://127.0.0.1:${opsPort}/readyz`)).status, name).toBe(200)
  }
  // Queue wait, lease wait, time to live, time to recorded, retries, outcomes, breakers, contexts, browsers, RSS.
  expect(await missingMetrics(line.services)).toEqual([])
  expect(await (await fetch(line.playgroundLedgerUrl)).json()).toEqual([])
  const headers = { apikey: line.supabaseKey, authorization: `Bearer ${line.supabaseKey}` }
  expect((await fetch(`${line.supabaseUrl}/rest/v1/accounts?select=id`, { headers })).status).toBe(200)

  await expect(run(surepost, ['up', '--data', dataDir])).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is in use by another stack'),
  })
  const other = await newFolder()
  const { port } = new URL(line.consoleUrl)
  await expect(run(surepost, ['up', '--data', other, '--port', port])).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`${port} (control)`),
  })

  // Without a URL the console is that of the stack in the data folder; its key is not shown.
  const dead = await run(surepost, ['dead', '--json', '--data', dataDir])
  expect(JSON.parse(dead.stdout).queues).toContainEqual({ queue: 'poster.publish.0', messages: 0 })
  const alerts = await run(surepost, ['alerts', '--json', '--data', dataDir])
  expect(JSON.parse(alerts.stdout)).toEqual({ alerts: expect.any(Array) })
  expect(dead.stdout + dead.stderr + alerts.stdout + alerts.stderr).not.toContain(line.apiKey)

  const postgres = line.dependencies.find(({ name }) => name === 'postgres')
  const alive = async (): Promise<boolean> =>
    (await fetch(`${line.supabaseUrl}/rest/v1/accounts?select=id`, { headers })).status === 200
  // As a person would: by a shell, from anywhere.
  await run('/bin/sh', ['-c', postgres?.stop ?? 'false'], { cwd: '/' })
  expect(await alive()).toBe(false)
  await run('/bin/sh', ['-c', postgres?.start ?? 'false'], { cwd: '/' })
  await eventually(alive, { timeoutMs: 40_000 })

  const readiness = async (): Promise<readonly string[]> => {
    const asked = line.services.filter(({ name }) => name === 'poster' || name === 'scraper')
    const answers = asked.map(async ({ opsPort }) => (await fetch(`http://127.0.0.1:${opsPort}/readyz`)).text())
    return Promise.all(answers)
  }
  await run(surepost, ['stack', 'stop', 'browser-broker', '--data', dataDir])
  for (const answer of await readiness()) expect(answer).toContain('browser-broker of shard 0 takes no requests')
  await run(surepost, ['stack', 'start', 'browser-broker', '--data', dataDir])
  for (const answer of await readiness()) expect(JSON.parse(answer)).toEqual({ ready: true, reasons: [] })

  child.kill('SIGINT')
  expect(await ended).toBe(0)
  expect(await processesOf(dataDir)).toEqual([])
})

test('after a SIGKILL of "up" its services, its browsers and its stack are gone within 10 s', async () => {
  const dataDir = await newFolder()
  const { child, ended } = await up(dataDir)
  child.kill('SIGKILL')
  await ended
  await nothingLeft(dataDir)
})
