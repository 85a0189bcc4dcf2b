import { setTimeout as sleep } from 'node:timers/promises'
import { AccountId, PublishPost, contentHash, newId, newPostId } from '@surepost/shared/contracts'
import type { Leases } from '@surepost/shared/leases'
import { connectBus } from '@surepost/shared/messaging'
import type { Tried } from '@surepost/platforms'
import { Registry, createBreakers, silentLogger } from '@surepost/shared/runtime'
import { eventually, isolate } from '@surepost/testkit'
import { afterAll, expect, test } from 'vitest'
import { publishPost } from '../../src/handlers/publish-post.ts'

const { endpoints } = await isolate()
const bus = await connectBus({
  url: endpoints.amqpUrl,
  service: 'poster',
  shards: 1,
  log: silentLogger(),
  registry: new Registry(),
})
afterAll(() => bus[Symbol.asyncDispose]())

const PREFETCH = 16
const LEASE_MS = 250

/** A broker that lets one post of an account look after the other, and sends each away for an hour: its budget is spent. */
const busyBroker = (asked: string[]): Pick<Leases, 'acquire'> => {
  const lines = new Map<string, Promise<unknown>>()
  return {
    async acquire({ account }) {
      const turn = (lines.get(account) ?? Promise.resolve()).then(() => sleep(LEASE_MS))
      lines.set(account, turn)
      await turn
      asked.push(account)
      return { granted: false, reason: 'account_busy', retryAt: new Date(Date.now() + 3_600_000), detail: 'later' }
    },
  }
}

const post = (account: string) => {
  const content = { segments: [{ text: newId(), media: [] }] }
  return {
    postId: newPostId(),
    revision: 1,
    hash: contentHash(content),
    account: AccountId.parse(account),
    platform: 'x' as const,
    content,
    notAfter: new Date(Date.now() + 86_400_000).toISOString(),
    dispatchedAt: new Date().toISOString(),
  }
}

test('the post of one account does not stand behind the many that an outage left of another', async () => {
  const asked: string[] = []
  const stale = Array.from({ length: 200 }, () => post('stale'))
  await Promise.all(stale.map((body) => bus.send(PublishPost, body, { shard: 0 })))
  await bus.send(PublishPost, post('fresh'), { shard: 0 })
  const ports = {
    bus,
    leases: busyBroker(asked),
    media: undefined as never,
    platforms: { for: () => undefined as never },
    breakers: createBreakers<Tried>({ isFailure: ({ failed }) => failed }),
  }
  await bus.consume([publishPost(ports)], { prefetch: PREFETCH, shard: 0 })
  await eventually(() => asked.includes('fresh'), { timeoutMs: 60_000 })
  // Behind all of them it would be the 201st, behind those in hand beside it the 17th or later.
  expect(asked.indexOf('fresh')).toBeLessThan(PREFETCH)
  // And those come back one after the other, none is forgotten.
  await eventually(() => asked.length > 8, { timeoutMs: 60_000 })
}, 120_000)
