import { CollectMetrics, newId } from '@surepost/shared/contracts'
import { handle, reject } from '@surepost/shared/messaging'
import { type IsolatedEnvironment, eventually } from '@surepost/testkit'
import { expect } from 'vitest'
import type { TestConsole } from './fixture.ts'

export const QUEUE = 'scraper.metrics'
/** The test's broker takes from it, and knows no such messages as are planted here. */
export const POISONED = 'broker.control.0'
export const WAIT = { timeoutMs: 30_000 }

export const command = () => {
  const deadline = new Date(Date.now() + 3_600_000).toISOString()
  const check = { checkId: newId(), postId: newId(), segment: 0, platformId: '1800000000000000001', deadline }
  return { account: 'ada', platform: 'x' as const, handle: 'ada_writes', checks: [check] }
}

/** Ways to put letters into the dead queues, and to look at them through the API. */
export interface Letters {
  /** Commands that their handler refuses, parked. Returns their ids. */
  park(...reasons: readonly string[]): Promise<readonly string[]>
  count(queue: string): Promise<number | undefined>
  // oxlint-disable-next-line typescript/no-explicit-any
  list(queue: string, query?: string): Promise<any>
  /** Bytes into a queue as any client could put them there. */
  plant(queue: string, bytes: Buffer, properties: object): Promise<void>
  discardAll(): Promise<void>
}

export const lettersOf = (env: IsolatedEnvironment, api: TestConsole): Letters => {
  const count: Letters['count'] = async (queue) => {
    const { body } = await api.call('GET', '/v1/dead')
    return body.queues.find((one: { queue: string }) => one.queue === queue)?.messages
  }
  return {
    count,
    list: async (queue, query = '') => (await api.call('GET', `/v1/dead/${queue}${query}`)).body.letters,
    async park(...reasons) {
      const left = [...reasons]
      await using _taking = await api.bus.consume(
        [handle(CollectMetrics, async () => reject(left.shift() ?? 'more'))],
        { prefetch: 1 },
      )
      const ids = reasons.map(() => newId())
      for (const id of ids) await api.bus.send(CollectMetrics, command(), { id })
      await eventually(async () => (await count(QUEUE)) === reasons.length, WAIT)
      return ids
    },
    async plant(queue, bytes, properties) {
      const base = new URL(env.endpoints.rabbitmqManagementUrl)
      const authorization = `Basic ${Buffer.from(`${base.username}:${base.password}`).toString('base64')}`
      base.username = base.password = ''
      const vhost = encodeURIComponent(new URL(env.endpoints.amqpUrl).pathname.slice(1))
      const response = await fetch(new URL(`api/exchanges/${vhost}/amq.default/publish`, base), {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({
          routing_key: queue,
          payload: bytes.toString('base64'),
          payload_encoding: 'base64',
          properties: { delivery_mode: 2, ...properties },
        }),
      })
      expect(await response.json()).toEqual({ routed: true })
    },
    async discardAll() {
      for (const queue of [QUEUE, POISONED]) await api.call('POST', `/v1/dead/${queue}/discard`, { all: true })
    },
  }
}
