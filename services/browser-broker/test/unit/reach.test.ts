import { once } from 'node:events'
import { type IncomingMessage, type Server, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { silentLogger } from '@surepost/shared/runtime'
import { eventually } from '@surepost/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openEgress } from '../../src/egress/egress.ts'
import { type Reach, openReach } from '../../src/egress/reach.ts'

const TIMES = { awayMs: 200, lateMs: 500, tryEveryMs: 50 }

/** A site that can be taken away and brought back on the same port; it counts who comes. */
const site = async (): Promise<{
  readonly url: string
  readonly port: number
  visits: number
  open(): Promise<void>
  close(): Promise<void>
}> => {
  let server: Server | undefined
  const one = {
    url: '',
    port: 0,
    visits: 0,
    async open() {
      server = createServer((_, response) => void response.writeHead(204).end())
      server.on('connection', () => (one.visits += 1)).listen(one.port, '127.0.0.1')
      await once(server, 'listening')
      one.port = (server.address() as AddressInfo).port
      one.url = `http://127.0.0.1:${one.port}`
    },
    async close() {
      const closing = server
      server = undefined
      if (closing === undefined) return
      closing.close()
      closing.closeAllConnections()
      await once(closing, 'close')
    },
  }
  await one.open()
  return one
}

let platform: Awaited<ReturnType<typeof site>>
let changes = 0
let reach: Reach
beforeEach(async () => {
  platform = await site()
  changes = 0
  reach = openReach(platform.url, silentLogger(), () => (changes += 1), TIMES)
})
afterEach(async () => {
  reach[Symbol.dispose]()
  await platform.close()
})

/** As a browser does: through the way out. @returns the status */
const visit = async (proxy: string, url: string): Promise<number> => {
  const asking = request(proxy, { path: url, headers: { host: new URL(url).host }, agent: false })
  asking.end()
  const [response] = (await once(asking, 'response')) as [IncomingMessage]
  response.resume()
  return response.statusCode ?? 0
}

/** The same by a tunnel, which is how HTTPS goes. @returns the first line of the answer; none when it was cut */
const tunnel = async (proxy: string, place: string): Promise<number | undefined> => {
  const asking = request(proxy, { method: 'CONNECT', path: place, agent: false })
  asking.end()
  const answered = once(asking, 'connect').then(([response, socket]) => (socket.destroy(), response.statusCode))
  return Promise.race([answered, once(asking, 'close').then(() => undefined)]).catch(() => undefined)
}

test('the site counts as away once connections have failed for a while, and as back with the first one; nobody else need try', async () => {
  using egress = await openEgress(new Set([platform.url]), reach.see)
  expect(await visit(egress.url, platform.url)).toBe(204)
  await platform.close()
  expect(await visit(egress.url, platform.url)).toBe(502)
  await eventually(() => reach.away !== undefined)
  expect(reach.away).toBe('ECONNREFUSED')
  const visits = platform.visits
  await platform.open()
  await eventually(() => reach.away === undefined)
  expect(platform.visits).toBeGreaterThan(visits)
  expect(changes).toBe(2)
})

test('a tunnel that cannot be made counts like a request', async () => {
  using egress = await openEgress(new Set([platform.url]), reach.see)
  const place = `127.0.0.1:${platform.port}`
  expect(await tunnel(egress.url, place)).toBe(200)
  await platform.close()
  expect(await tunnel(egress.url, place)).toBeUndefined()
  await eventually(() => reach.away !== undefined)
})

test('a blip is not away, however many connections met it', async () => {
  reach[Symbol.dispose]()
  reach = openReach(platform.url, silentLogger(), () => (changes += 1), { ...TIMES, awayMs: 60_000 })
  using egress = await openEgress(new Set([platform.url]), reach.see)
  await platform.close()
  await Promise.all(Array.from({ length: 5 }, () => visit(egress.url, platform.url)))
  await platform.open()
  const visits = platform.visits
  // Tried by itself, which ends the doubt.
  await eventually(() => platform.visits > visits)
  expect(reach.away).toBeUndefined()
  expect(changes).toBe(0)
})

test('another host of the platform that is gone says nothing of its site', async () => {
  const other = await site()
  await other.close()
  using egress = await openEgress(new Set([platform.url, other.url]), reach.see)
  for (const until = performance.now() + 2 * TIMES.awayMs; performance.now() < until; )
    expect(await visit(egress.url, other.url)).toBe(502)
  expect(reach.away).toBeUndefined()
})

test('a connection of which nothing is heard has failed when it is late', async () => {
  // Never answered (RFC 5737 keeps these addresses for documentation), or refused by the network at once: away either way.
  reach[Symbol.dispose]()
  reach = openReach('http://192.0.2.1', silentLogger(), () => {}, TIMES)
  using egress = await openEgress(new Set(['http://192.0.2.1']), reach.see)
  const asking = request(egress.url, { path: 'http://192.0.2.1/', agent: false }).on('error', () => {})
  asking.end()
  await eventually(() => reach.away !== undefined)
  asking.destroy()
})
