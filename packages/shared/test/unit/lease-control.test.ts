import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { z } from 'zod'
import { UnavailableError } from '../../src/errors/index.ts'
import { openControl } from '../../src/leases/control.ts'

const TOKEN = 'a-token-that-must-not-be-seen'
const servers: WebSocketServer[] = []
afterEach(() => {
  vi.useRealTimers()
  for (const server of servers.splice(0)) {
    for (const client of server.clients) client.terminate()
    server.close()
  }
})

/** A broker that says what the test wants. */
const broker = async (onMessage: (socket: WebSocket, request: { n: number; op: string }) => void) => {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    verifyClient: ({ req }: { req: IncomingMessage }) => req.headers.authorization === `Bearer ${TOKEN}`,
  })
  servers.push(server)
  await once(server, 'listening')
  server.on('connection', (socket) =>
    socket.on('message', (data: Buffer) => onMessage(socket, JSON.parse(data.toString()))),
  )
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}
const open = (url: string, token = TOKEN) => openControl(url, token, new AbortController().signal)
const reply = (socket: WebSocket, message: object): void => socket.send(JSON.stringify(message))

test('answers come to whoever asked, in any order', async () => {
  const kept: { socket: WebSocket; n: number }[] = []
  const { url } = await broker((socket, { n }) => {
    kept.push({ socket, n })
    if (kept.length === 2)
      for (const one of kept.toReversed()) reply(one.socket, { kind: 'answer', n: one.n, value: one.n })
  })
  const control = await open(url)
  const answers = await Promise.all([control.ask({ op: 'renew' }, z.int()), control.ask({ op: 'renew' }, z.int())])
  expect(answers).toEqual([1, 2])
  control.close()
})

test('a refusal is permanent with its code; what is unavailable is transient', async () => {
  const codes = ['id_taken', 'unavailable']
  const { url } = await broker((socket, { n }) =>
    reply(socket, { kind: 'error', n, message: 'no', code: codes[n - 1] }),
  )
  const control = await open(url)
  await expect(control.ask({ op: 'renew' }, z.unknown())).rejects.toMatchObject({
    name: 'PermanentError',
    code: 'id_taken',
  })
  await expect(control.ask({ op: 'renew' }, z.unknown())).rejects.toBeInstanceOf(UnavailableError)
  control.close()
})

test('an answer that is not in the contract is an error, not a value', async () => {
  const { url } = await broker((socket, { n }) => reply(socket, { kind: 'answer', n, value: 'no number' }))
  const control = await open(url)
  await expect(control.ask({ op: 'renew' }, z.int())).rejects.toThrow(/not in the contract/)
  control.close()
})

test('the end of the lease reaches the signal and every call in hand, with its reason', async () => {
  const { url } = await broker((socket) => reply(socket, { kind: 'ended', reason: 'expired' }))
  const control = await open(url)
  await expect(control.ask({ op: 'renew' }, z.unknown())).rejects.toThrow(/lost: expired/)
  expect(control.lost.aborted).toBe(true)
  // Another lease is to be had: losing one is waiting, not failing.
  expect(control.lost.reason).toBeInstanceOf(UnavailableError)
  await expect(control.ask({ op: 'renew' }, z.unknown())).rejects.toThrow(/lost: expired/)
})

test('a socket that closes or talks nonsense is a lost lease', async () => {
  const closing = await broker((socket) => socket.close())
  await expect((await open(closing.url)).ask({ op: 'renew' }, z.unknown())).rejects.toThrow(
    /lost: its control socket was closed/,
  )
  const nonsense = await broker((socket) => socket.send('nonsense'))
  await expect((await open(nonsense.url)).ask({ op: 'renew' }, z.unknown())).rejects.toThrow(
    /lost: .*not in the contract/,
  )
})

test('a broker that falls silent is a lost lease', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
  const { url } = await broker(() => {})
  const control = await open(url)
  vi.advanceTimersByTime(7_000)
  expect(control.lost.aborted).toBe(false)
  vi.advanceTimersByTime(3_000)
  expect(String(control.lost.reason)).toMatch(/silent/)
})

test('pings keep it alive', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
  const { url, server } = await broker(() => {})
  const control = await open(url)
  const [socket] = server.clients
  for (let i = 0; i < 5; i++) {
    const ponged = once(socket as WebSocket, 'pong')
    socket?.ping()
    await ponged
    vi.advanceTimersByTime(4_000)
  }
  expect(control.lost.aborted).toBe(false)
  control.close()
})

test('what is not accepted is unavailable, and the error does not hold the token', async () => {
  const { url } = await broker(() => {})
  const refused = await open(url, 'another-token-not-to-be-seen').catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(UnavailableError)
  expect(JSON.stringify(refused, Object.getOwnPropertyNames(refused)) + String(refused)).not.toContain('another-token')
  await expect(open('ws://127.0.0.1:9/')).rejects.toBeInstanceOf(UnavailableError)
})
