import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  AccountConfig,
  CancelPost,
  ConfigureAccount,
  DEFAULT_BUDGETS,
  PauseAccount,
  PostSubmitted,
  RemoveAccount,
  ResumeAccount,
  RevisePost,
  SetKillSwitch,
  SettleSegment,
} from '@surepost/shared/contracts'
import { type Bus, type Route, answer, connectBus, handle } from '@surepost/shared/messaging'
import { Registry, createService, parseConfig, silentLogger } from '@surepost/shared/runtime'
import type { IsolatedEnvironment } from '@surepost/testkit'
import { configSchema } from '../../src/config.ts'
import { startConsole } from '../../src/start.ts'

export const API_KEY = 'test-api-key-0123456789'
const ADMIN_KEY = 'test-broker-admin-key-0123'
const log = silentLogger()

/** A broker as the console sees it: its admin HTTP, and control commands answered in order. */
export interface TestBroker extends AsyncDisposable {
  readonly url: string
  readonly accounts: Map<
    string,
    {
      config: AccountConfig
      paused: { reason: string; until: string | null } | null
      session: string
      used?: Record<'post' | 'reply', { lastHour: number; lastDay: number }>
    }
  >
  /** What to answer to `post.cancel`; `silence` leaves the question in hand. */
  cancel: 'cancelled' | 'too_late' | 'silence'
  /** What to answer to `post.revise`; an edit that it takes it says, as a ledger does. */
  revise: 'revised' | 'too_late' | 'conflict'
  killSwitch: { on: boolean; by: string; reason: string }
  /** The post that has the text of any submission already. */
  twin: { postId: string; platformId: string | null; until: string } | null
  readonly asked: { readonly type: string; readonly body: unknown }[]
  readonly sessions: Map<string, unknown>
  /** What `GET /leases` answers. */
  leases: readonly unknown[]
  /** Says that something of every account is being created. */
  inFlight: boolean
  /** No longer answers HTTP. */
  away: boolean
}

const routesOf = (broker: TestBroker, bus: Bus): Route[] => {
  const note = (type: string, body: unknown): number => broker.asked.push({ type, body })
  return [
    handle(ConfigureAccount, async ({ type, body }) => {
      note(type, body)
      broker.accounts.set(body.config.id, { config: body.config, paused: null, session: 'none' })
      return answer({})
    }),
    handle(PauseAccount, async ({ type, body }) => {
      note(type, body)
      const account = broker.accounts.get(body.account)
      if (account !== undefined) account.paused = { reason: body.reason, until: body.until }
      return answer({})
    }),
    handle(ResumeAccount, async ({ type, body }) => {
      note(type, body)
      const account = broker.accounts.get(body.account)
      if (account !== undefined) account.paused = null
      return answer({})
    }),
    handle(RemoveAccount, async ({ type, body }) => {
      note(type, body)
      if (broker.inFlight) return answer({ error: `A post of ${body.account} is being created.` })
      broker.accounts.delete(body.account)
      return answer({ told: true })
    }),
    handle(RevisePost, async ({ type, body }) => {
      note(type, body)
      if (broker.revise === 'revised') await bus.emit(PostSubmitted, body.next)
      return answer({ result: broker.revise })
    }),
    handle(SettleSegment, async ({ type, body }) => {
      note(type, body)
      return answer(body.segment === 0 ? { result: 'settled' } : { result: 'refused', detail: 'nothing is unknown' })
    }),
    handle(SetKillSwitch, async ({ type, body }) => {
      note(type, body)
      broker.killSwitch = body
      return answer({})
    }),
    handle(CancelPost, async ({ type, body }, { signal }) => {
      note(type, body)
      if (broker.cancel === 'silence') await once(signal, 'abort')
      return answer({ result: broker.cancel })
    }),
  ]
}

const PRESSURE = {
  slots: 3,
  free: 2,
  active: 1,
  waiting: { act: 0, interactive: 0, background: 4 },
  oldestWaitMs: 1_200,
}

const adminOf = (broker: Omit<TestBroker, 'url' | keyof AsyncDisposable>) =>
  createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const say = (status: number, body?: unknown): void =>
        void response
          .writeHead(status, { 'content-type': 'application/json' })
          .end(body === undefined ? '' : JSON.stringify(body))
      if (broker.away) return void response.destroy()
      if (request.headers.authorization !== `Bearer ${ADMIN_KEY}`) return say(401)
      const session = /^\/accounts\/([^/]+)\/session$/.exec(request.url ?? '')?.[1]
      if (request.method === 'PUT' && session !== undefined) {
        broker.sessions.set(session, JSON.parse(Buffer.concat(chunks).toString()))
        return say(204)
      }
      if (request.url === '/kill-switch') return say(200, broker.killSwitch)
      if (request.url?.endsWith('/same-text') === true) return say(200, { twin: broker.twin })
      if (request.url === '/leases') return say(200, broker.leases)
      if (request.url === '/accounts') return say(200, [...broker.accounts.values()])
      return request.url === '/pressure' ? say(200, PRESSURE) : say(404)
    })
  })

export const testBroker = async (bus: Bus): Promise<TestBroker> => {
  const config = AccountConfig.parse({ id: 'ada', platform: 'x', handle: 'ada_writes', budgets: DEFAULT_BUDGETS })
  const state = {
    accounts: new Map([['ada', { config, paused: null, session: 'ready' }]]),
    cancel: 'cancelled' as const,
    revise: 'revised' as const,
    killSwitch: { on: false, by: '', reason: '' },
    twin: null,
    asked: [],
    sessions: new Map(),
    leases: [],
    inFlight: false,
    away: false,
  }
  const server = createServer()
  const broker: TestBroker = Object.assign(state, {
    url: '',
    async [Symbol.asyncDispose]() {
      await consumption[Symbol.asyncDispose]()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  })
  server.on('request', (...call) => adminOf(broker).emit('request', ...call))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  Object.assign(broker, { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` })
  const consumption = await bus.consume(routesOf(broker, bus), { prefetch: 5, shard: 0 })
  return broker
}

export interface TestConsole extends AsyncDisposable {
  readonly url: string
  readonly bus: Bus
  readonly broker: TestBroker
  /** A request with the API key; the answer's body is parsed when it is JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
}
export interface Answer {
  readonly status: number
  readonly headers: Headers
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any
}

/** Other ways to the dependencies; a broker that is there already. */
export interface Ways {
  readonly supabaseUrl?: string
  readonly amqpUrl?: string
  readonly managementUrl?: string
  readonly broker?: TestBroker
  readonly trustProxyHops?: number
}

/** A real console against an environment of its own, and a broker's stand-in. */
export const testConsole = async (env: IsolatedEnvironment, more: Ways = {}): Promise<TestConsole> => {
  const { amqpUrl, rabbitmqManagementUrl, supabaseUrl, supabaseKey } = env.endpoints
  const bus = await connectBus({ url: amqpUrl, service: 'console-test', shards: 1, log, registry: new Registry() })
  const broker = more.broker ?? (await testBroker(bus))
  const folder = await mkdtemp(join(tmpdir(), 'surepost-console-'))
  const config = parseConfig(configSchema, {
    AMQP_URL: more.amqpUrl ?? amqpUrl,
    RABBITMQ_MANAGEMENT_URL: more.managementUrl ?? rabbitmqManagementUrl,
    CONSOLE_PORT: '0',
    API_KEY,
    SUPABASE_URL: more.supabaseUrl ?? supabaseUrl,
    SUPABASE_SERVICE_ROLE_KEY: supabaseKey,
    BROKER_URLS: broker.url,
    BROKER_ADMIN_KEY: ADMIN_KEY,
    MEDIA_DIR: folder,
    TRUST_PROXY_HOPS: String(more.trustProxyHops ?? 0),
  })
  let port = 0
  const service = createService(
    'console',
    async (scope) => {
      ;({ port } = await startConsole(scope, config))
    },
    { env: { OPS_HOST: '127.0.0.1', OPS_PORT: '0' }, log, registry: new Registry() },
  )
  await service.start()
  const url = `http://127.0.0.1:${port}`
  return {
    url,
    bus,
    broker,
    call: (method, path, body, headers) => call(url, method, path, body, headers),
    async [Symbol.asyncDispose]() {
      await service.stop()
      if (more.broker === undefined) await broker[Symbol.asyncDispose]()
      await bus[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const call = async (
  base: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> => {
  const raw = typeof body === 'string' || Buffer.isBuffer(body)
  const response = await fetch(new URL(path, base), {
    method,
    headers: {
      authorization: `Bearer ${API_KEY}`,
      ...(body === undefined || raw ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: raw ? new Uint8Array(Buffer.from(body)) : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
}
