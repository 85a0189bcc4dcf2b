import { Hash, PublishPost, type BodyOf } from '@surepost/shared/contracts'
import { UnavailableError } from '@surepost/shared/errors'
import type { Lease } from '@surepost/shared/leases'
import type { Delivery } from '@surepost/shared/messaging'
import type { PlatformSession } from '@surepost/platforms'
import { expect, it } from 'vitest'
import { publishPost, type PublishPorts } from '../../src/handlers/publish-post.ts'

const post = PublishPost.body.parse({
  postId: '0190a1b2-0000-7000-8000-000000000000',
  revision: 1,
  hash: Hash.parse('0'.repeat(64)),
  account: 'ada',
  platform: 'x',
  content: { segments: [{ text: 'Hello', media: [] }] },
  notAfter: '2030-01-01T00:00:00.000Z',
})

const delivery: Delivery<BodyOf<typeof PublishPost>> = {
  id: 'm',
  type: PublishPost.type,
  body: post,
  attempt: 5,
  lastAttempt: true,
  sentAt: new Date(),
  correlationId: 'c',
  replyTo: undefined,
}

const unwanted = (): never => {
  throw new Error('nobody asks for this')
}

/** A lease that is unsettled, and a page on which looking breaks off as `look` says. */
const portsWith = (look: (lost: AbortController) => never) => {
  const lost = new AbortController()
  const emitted: unknown[] = []
  const lease = {
    granted: true,
    handle: 'ada_ships',
    signal: lost.signal,
    begin: async () => ({
      answer: 'unknown',
      attempt: 1,
      firstBegunAt: '2026-01-01T00:00:00.000Z',
      settledAt: '2026-01-01T00:00:00.000Z',
      taken: [],
      giveUpAt: '2030-01-01T00:00:00.000Z',
    }),
    [Symbol.asyncDispose]: async () => undefined,
  } as unknown as Lease
  const session = { findOwnPost: async () => look(lost) } as unknown as PlatformSession
  const ports = {
    bus: { emit: async (_: unknown, body: unknown) => void emitted.push(body) },
    leases: { acquire: async () => lease },
    media: { get: unwanted },
    platforms: { for: () => ({ open: () => session }) },
  } as unknown as PublishPorts
  return { ports, emitted }
}

it('a lease that is lost in the middle is waiting: it spends no attempt, and ends no post', async () => {
  const { ports, emitted } = portsWith((lost) => {
    lost.abort(new UnavailableError('browser-broker', 'The lease is lost: client_lost.'))
    throw new Error('wait for the list: stopped')
  })
  const outcome = await publishPost(ports).run(delivery, { signal: new AbortController().signal })
  expect(outcome).toMatchObject({ kind: 'snooze', reason: 'The lease is lost: client_lost.' })
  expect(emitted).toEqual([])
})

it('what breaks while the lease is held is an error of its own', async () => {
  const { ports } = portsWith(() => {
    throw new Error('no such thing')
  })
  await expect(publishPost(ports).run(delivery, { signal: new AbortController().signal })).rejects.toThrow('no such')
})
