import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '@surepost/testkit'

export const ADMIN_KEY = 'an-admin-key-for-tests'
export const SESSION_KEY = Buffer.alloc(32, 7).toString('base64')

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname
const ARGS = '--no-sandbox --disable-background-networking --disable-component-update --disable-sync --no-first-run'

export interface BrokerProcess extends AsyncDisposable {
  readonly dataDir: string
  readonly baseUrl: string
  readonly opsUrl: string
  readonly pid: number
  /** Everything that it wrote, in lines. */
  readonly output: string[]
  kill(signal: NodeJS.Signals): Promise<void>
  /** Start it again on the same data folder. */
  restart(env?: Record<string, string>): Promise<void>
  ready(): Promise<void>
  get<T>(path: string): Promise<T>
  put(path: string, body: unknown): Promise<number>
}

export interface BrokerOptions {
  readonly amqpUrl: string
  readonly managementUrl: string
  readonly env?: Record<string, string>
  /** An existing one, which is then left alone at the end. */
  readonly dataDir?: string
  readonly awaitReady?: boolean
}

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const spawnBroker = (env: Record<string, string>, output: string[]): ChildProcess => {
  const child = spawn(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
  })
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => output.push(...text.split('\n').filter(Boolean)))
  return child
}

/** The browser-broker as it runs in production: its own process, real RabbitMQ, real Chromium. */
export const startBroker = async (options: BrokerOptions): Promise<BrokerProcess> => {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'surepost-broker-')))
  const [port, opsPort] = [await freePort(), await freePort()]
  const env = (more: Record<string, string> = {}): Record<string, string> => ({
    AMQP_URL: options.amqpUrl,
    RABBITMQ_MANAGEMENT_URL: options.managementUrl,
    OPS_HOST: '127.0.0.1',
    OPS_PORT: String(opsPort),
    BROKER_HOST: '127.0.0.1',
    BROKER_PORT: String(port),
    BROKER_PUBLIC_URL: `ws://127.0.0.1:${port}`,
    BROKER_DATA_DIR: dataDir,
    BROKER_ADMIN_KEY: ADMIN_KEY,
    SESSION_KEY,
    SETTLE_WINDOW_MS: '300',
    CHROMIUM_PATH: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
    CHROMIUM_ARGS: ARGS,
    ...options.env,
    ...more,
  })
  const output: string[] = []
  let child = spawnBroker(env(), output)
  const baseUrl = `http://127.0.0.1:${port}`
  const opsUrl = `http://127.0.0.1:${opsPort}`
  const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' }

  const broker: BrokerProcess = {
    dataDir,
    baseUrl,
    opsUrl,
    output,
    get pid() {
      return child.pid ?? 0
    },
    async kill(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exit = once(child, 'exit')
      child.kill(signal)
      await exit
    },
    async restart(more) {
      child = spawnBroker(env(more), output)
      await broker.ready()
    },
    async ready() {
      const isReady = async (): Promise<boolean> => {
        if (child.exitCode !== null) return true
        const response = await fetch(`${opsUrl}/readyz`)
        if (!response.ok)
          throw new Error(`the broker is not ready: ${await response.text()}; ${output.slice(-3).join('\n')}`)
        return true
      }
      await eventually(isReady, { timeoutMs: 90_000 })
      if (child.exitCode !== null)
        throw new Error(`the broker ended with ${child.exitCode}: ${output.slice(-5).join('\n')}`)
    },
    async get(path) {
      const response = await fetch(`${baseUrl}${path}`, { headers })
      if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`)
      return (await response.json()) as never
    },
    put: async (path, body) =>
      (await fetch(`${baseUrl}${path}`, { method: 'PUT', headers, body: JSON.stringify(body) })).status,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) {
        const timer = setTimeout(() => child.kill('SIGKILL'), 20_000)
        await broker.kill('SIGTERM')
        clearTimeout(timer)
      }
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
    },
  }
  if (options.awaitReady !== false) await broker.ready()
  return broker
}
