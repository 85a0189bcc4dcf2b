import { EventEmitter } from 'node:events'
import { Registry, aborted, silentLogger } from '@surepost/shared/runtime'
import { eventually } from '@surepost/testkit'
import { expect, onTestFinished, test } from 'vitest'
import type { Link } from '../../src/messaging/link.ts'
import { busMetrics } from '../../src/messaging/metrics.ts'
import { Publisher } from '../../src/messaging/publisher.ts'

/** A publisher on a channel that confirms when it is told to. */
const publisherOf = async (window: number, deadlineMs: number) => {
  const confirms: ((error: unknown) => void)[] = []
  const sent: string[] = []
  const channel = Object.assign(new EventEmitter(), {
    publish: (_exchange: string, key: string, _bytes: Buffer, _options: object, confirm: (error: unknown) => void) => {
      sent.push(key)
      confirms.push(confirm)
      return true
    },
    close: async () => {},
  })
  const connected = { model: { createConfirmChannel: async () => channel }, lost: new AbortController().signal }
  const link = { available: async () => connected, held: connected } as unknown as Link
  const metrics = busMetrics(new Registry())
  const publisher = new Publisher({ link, log: silentLogger(), metrics, window, deadlineMs, onHole: () => {} })
  onTestFinished(() => publisher.close(1))
  const publish = (key: string, signal?: AbortSignal): Promise<void> =>
    publisher.publish(
      { exchange: 'e', routingKey: key, content: Buffer.from(key), properties: { messageId: key, type: 't' } },
      signal,
    )
  return { publish, sent, confirms }
}
const nameOf = (error: unknown): string => String(error)

test('no more than the window is sent and not confirmed; the rest follows in order', async () => {
  const { publish, sent, confirms } = await publisherOf(2, 10_000)
  const all = ['a', 'b', 'c', 'd'].map((key) => publish(key))
  await eventually(() => sent.length === 2)
  expect(sent).toEqual(['a', 'b'])
  confirms[1]?.(null)
  await all[1]
  expect(sent).toEqual(['a', 'b', 'c'])
  for (const n of [0, 2, 3]) confirms[n]?.(null)
  await Promise.all(all)
  expect(sent).toEqual(['a', 'b', 'c', 'd'])
})

test('each message is late at its own time, confirmed or waiting, and says why', async () => {
  const { publish } = await publisherOf(1, 200)
  const began = performance.now()
  const times: number[] = []
  const late = (key: string): Promise<string> =>
    publish(key).then(
      () => 'confirmed',
      (error: unknown) => (times.push(performance.now() - began), nameOf(error)),
    )
  const first = [late('a'), late('b')]
  await new Promise((resolve) => setTimeout(resolve, 100))
  const second = late('c')
  expect(await Promise.all(first)).toEqual([
    expect.stringContaining('Message a (t) was not confirmed within 200 ms'),
    expect.stringContaining('Message b (t) was not confirmed within 200 ms'),
  ])
  expect(await second).toContain('Message c (t) was not confirmed within 200 ms')
  expect(Math.min(...times)).toBeGreaterThanOrEqual(195)
  expect(times[2]).toBeGreaterThanOrEqual(295)
})

test('a sender that gives up frees its place in line, and its confirm changes nothing', async () => {
  const { publish, sent, confirms } = await publisherOf(1, 10_000)
  const stop = new AbortController()
  const [first, second, third] = [publish('a'), publish('b', stop.signal), publish('c')]
  await eventually(() => sent.length === 1)
  stop.abort(new Error('enough'))
  await aborted(stop.signal)
  await expect(second).rejects.toThrow('enough')
  confirms[0]?.(null)
  await first
  expect(sent).toEqual(['a', 'c'])
  confirms[1]?.(null)
  await third
})
