import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  AccountConfig,
  type AccountId,
  type BeginAction,
  ConfigureAccount,
  Hash,
  PlatformId,
  newPostId,
  sha256,
} from '@surepost/shared/contracts'
import type { Lease, LeaseRefusal, LeaseRequest, Leases } from '@surepost/shared/leases'
import type { Bus } from '@surepost/shared/messaging'
import { z } from 'zod'
import type { BrokerProcess } from './broker-process.ts'

export const ROOMY = { perHour: 100, perDay: 1_000, minGapSeconds: 0 }

export const accountConfig = (id: string, budgets: Partial<AccountConfig['budgets']> = {}): AccountConfig =>
  AccountConfig.parse({
    id,
    platform: 'x',
    handle: id.replaceAll('-', '_'),
    budgets: { post: ROOMY, reply: ROOMY, ...budgets },
  })

/** A site that sets a cookie and shows the ones it was sent. @param at its port; any when left out */
export const cookieSite = async (at = 0): Promise<{ readonly url: string } & AsyncDisposable> => {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html')
    response.setHeader('set-cookie', `rotated=${Date.now()}; Path=/`)
    response.end(`<title>site</title><p id="cookies">${request.headers.cookie ?? ''}</p>`)
  }).listen(at, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A session with one cookie for the local sites. */
export const sessionWith = (value: string) => ({
  cookies: [
    {
      name: 'auth_token',
      value,
      domain: '127.0.0.1',
      path: '/',
      expires: -1,
      httpOnly: true,
      secure: false,
      sameSite: 'Lax',
    },
  ],
  origins: [],
})

export const configure = async (
  bus: Bus,
  broker: BrokerProcess,
  config: AccountConfig,
  session: unknown = sessionWith('secret'),
): Promise<AccountId> => {
  await bus.ask(ConfigureAccount, { config }, z.unknown(), { shard: 0, timeoutMs: 10_000 })
  const status = await broker.put(`/accounts/${config.id}/session`, session)
  if (status !== 204) throw new Error(`PUT session: ${status}`)
  return config.id
}

export const requestOf = (account: AccountId, more: Partial<LeaseRequest> = {}): LeaseRequest => ({
  account,
  class: 'act',
  startBy: new Date(Date.now() + 20_000),
  signal: new AbortController().signal,
  ...more,
})

/** A lease, or a failed test with the reason of the refusal. */
export const acquired = async (leases: Leases, request: LeaseRequest): Promise<Lease> =>
  granted(await leases.acquire(request))

export const granted = (lease: Lease | LeaseRefusal): Lease => {
  if (!lease.granted) throw new Error(`refused: ${lease.reason}: ${lease.detail}`)
  return lease
}

let texts = 0
export const actionFor = (account: AccountId, more: Partial<BeginAction> = {}): BeginAction => ({
  postId: newPostId(),
  revision: 1,
  segment: 0,
  segments: 1,
  hash: Hash.parse(sha256(`content ${(texts += 1)}`)),
  textHash: Hash.parse(sha256(`text ${texts}`)),
  account,
  kind: 'post',
  notAfter: new Date(Date.now() + 3_600_000).toISOString(),
  ...more,
})

let ids = 1_000_000_000_000_000_000n
export const newPlatformId = (): PlatformId => PlatformId.parse(String((ids += 1n)))
export const publishedAs = (platformId: PlatformId) => ({
  platformId,
  url: `https://x.com/i/status/${platformId}`,
  publishedAt: new Date(),
  source: 'response' as const,
})
