import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  AccountConfig,
  ConfigureAccount,
  PauseAccount,
  PostSubmitted,
  PublishPost,
  ResumeAccount,
  contentHash,
  newPostId,
  type AccountId,
  type ApprovedPost,
  type PostContent,
} from '@surepost/shared/contracts'
import { connectBus, type RecordedFact } from '@surepost/shared/messaging'
import { silentLogger } from '@surepost/shared/runtime'
import { createPlayground, type FaultKind, type Playground } from '@surepost/playground'
import { eventually, isolate, type IsolatedEnvironment } from '@surepost/testkit'
import { afterAll } from 'vitest'
import { z } from 'zod'
import { serviceProcess, type ServiceProcess } from './processes.ts'

/** How an account is struck by a fault of the site. */
export interface Strike {
  /** Once when left out; `Infinity` until it is ended. */
  readonly count?: number
  readonly delayMs?: number
  readonly matching?: string
}

export interface Struck {
  /** Resolves when it has struck for the first time. */
  readonly struck: () => Promise<void>
  readonly times: () => number
  readonly end: () => void
}

export interface Stage {
  readonly env: IsolatedEnvironment
  readonly site: Playground
  /** Where the console would put images. */
  readonly mediaFolder: string
  /** Every recorded fact since the beginning, in the order of its coming. */
  readonly facts: readonly RecordedFact[]
  readonly poster: ServiceProcess
  readonly broker: ServiceProcess
  /** A configured account with a session, whose handle is its id. */
  account(id: string): Promise<AccountId>
  /** Give the account a session that works. */
  signIn(account: AccountId): Promise<void>
  pause(account: AccountId): Promise<void>
  resume(account: AccountId): Promise<void>
  /** Submit a post and send its command. */
  publish(account: AccountId, content: Partial<PostContent> & Pick<PostContent, 'segments'>): Promise<ApprovedPost>
  /** Send the command of a post once more. */
  send(post: ApprovedPost): Promise<void>
  /** A second poster beside the first; it ends with the block. */
  secondPoster(): Promise<AsyncDisposable>
  strike(account: AccountId, kind: FaultKind, how?: Strike): Struck
  /** Counts the creates that reach the site for an account, from now on. */
  countCreates(account: AccountId): () => number
  /** Leases that take a slot now, of one account. */
  leases(account: AccountId): Promise<number>
  /** Leases that an account was ever offered, by the broker's log. */
  leasesEver(account: AccountId): Promise<number>
  /** Whether the account was ever refused a lease for this reason, by the broker's log. */
  isRefused(account: AccountId, reason: string): Promise<boolean>
}

const ROOMY = { perHour: 100, perDay: 1_000, minGapSeconds: 0 }
const configOf = (id: string): AccountConfig =>
  AccountConfig.parse({ id, platform: 'x', handle: id.replaceAll('-', '_'), budgets: { post: ROOMY, reply: ROOMY } })

export const handleOf = (account: AccountId): string => account.replaceAll('-', '_')

/** Waits for what a busy machine does late. */
export const PATIENCE = { timeoutMs: 90_000 } as const

export interface StageOptions {
  /** An isolate that was made before; a new one otherwise. */
  readonly isolated?: IsolatedEnvironment
  /** Variables by service name. */
  readonly env?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Services besides the broker and the poster. */
  readonly also?: readonly string[]
  /** How long the site refuses an account's same text; not at all by default, so that what is clicked twice is there twice. */
  readonly duplicateWindowMs?: number
}

/**
 * The real thing around the poster: RabbitMQ, a browser-broker and posters as processes, Chromium, and a site that fails
 * on demand. All of it ends with the test file.
 */
export const openStage = async (options: StageOptions = {}): Promise<Stage> => {
  const env = options.isolated ?? (await isolate())
  const site = await createPlayground({ duplicateWindowMs: options.duplicateWindowMs ?? 0 })
  const { amqpUrl: url, rabbitmqManagementUrl: managementUrl } = env.endpoints
  const bus = await connectBus({ url, managementUrl, service: 'test', shards: 1, log: silentLogger() })
  const facts: RecordedFact[] = []
  const watching = await bus.watchFacts((fact) => void facts.push(fact))
  afterAll(async () => {
    await watching[Symbol.asyncDispose]()
    await bus[Symbol.asyncDispose]()
    await site[Symbol.asyncDispose]()
  })
  const variables = { ...options.env, '*': { X_BASE_URL: site.url } }
  const { brokerUrl, brokerAdminKey, services } = await env.startServices({
    only: ['browser-broker', 'poster', ...(options.also ?? [])],
    env: variables,
  })
  const brokerLog = services.find(({ name }) => name === 'browser-broker')?.logFile ?? ''
  const logged = async (account: AccountId, what: string): Promise<readonly string[]> =>
    (await readFile(brokerLog, 'utf8'))
      .split('\n')
      .filter((line) => line.includes(`"${what}"`) && line.includes(`"account":"${account}"`))
  const headers = { authorization: `Bearer ${brokerAdminKey}`, 'content-type': 'application/json' }
  const told = { shard: 0, timeoutMs: 30_000 }

  const stage: Stage = {
    env,
    site,
    mediaFolder: join(dirname(brokerLog), 'media'),
    facts,
    poster: serviceProcess(env, 'poster'),
    broker: serviceProcess(env, 'browser-broker'),
    async account(id) {
      const config = configOf(id)
      await bus.ask(ConfigureAccount, { config }, z.unknown(), told)
      await stage.signIn(config.id)
      return config.id
    },
    async signIn(account) {
      const made = await fetch(`${site.url}/admin/accounts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ handle: handleOf(account) }),
      })
      const { storageState } = z.object({ storageState: z.unknown() }).parse(await made.json())
      const put = await fetch(`${brokerUrl}/accounts/${account}/session`, {
        method: 'PUT',
        headers,
        body: JSON.stringify(storageState),
      })
      if (put.status !== 204) throw new Error(`PUT session: ${put.status} ${await put.text()}`)
    },
    pause: async (account) =>
      void (await bus.ask(PauseAccount, { account, reason: 'a test', until: null }, z.unknown(), told)),
    resume: async (account) => void (await bus.ask(ResumeAccount, { account, by: 'a person' }, z.unknown(), told)),
    async publish(account, content) {
      const now = Date.now()
      const post: ApprovedPost = {
        postId: newPostId(),
        revision: 1,
        hash: contentHash(content),
        account,
        platform: 'x',
        content,
        acceptedAt: new Date(now).toISOString(),
        dispatchedAt: new Date(now).toISOString(),
        notAfter: new Date(now + 3_600_000).toISOString(),
      }
      const { postId, revision, hash, platform, notAfter, acceptedAt: at = '' } = post
      const submission = { postId, revision, hash, account, platform, content, notAfter, at }
      await bus.emit(PostSubmitted, { ...submission, client: 'test', approval: 'auto', scheduledAt: null })
      await stage.send(post)
      return post
    },
    send: (post) => bus.send(PublishPost, post, { shard: 0 }),
    async secondPoster() {
      await env.startServices({ only: ['poster'], replicas: { poster: 2 }, env: variables })
      return { [Symbol.asyncDispose]: () => env.stopService('poster-2', { hard: true }) }
    },
    strike(account, kind, how = {}) {
      const fault = site.faults.add({ kind, count: 1, handle: handleOf(account), ...how })
      return {
        struck: async () => void (await eventually(() => fault.struck > 0, PATIENCE)),
        times: () => fault.struck,
        end: () => void (fault.probability = 0),
      }
    },
    countCreates(account) {
      return stage.strike(account, 'delay', { count: Infinity }).times
    },
    leasesEver: async (account) => (await logged(account, 'lease offered')).length,
    isRefused: async (account, reason) =>
      (await logged(account, 'lease refused')).some((line) => line.includes(`"${reason}"`)),
    async leases(account) {
      const response = await fetch(`${brokerUrl}/leases`, { headers })
      const held = z.array(z.object({ account: z.string() })).parse(await response.json())
      return held.filter((lease) => lease.account === account).length
    },
  }
  return stage
}

export const texts = (...all: readonly string[]): Pick<PostContent, 'segments'> => ({
  segments: all.map((text) => ({ text, media: [] })),
})
