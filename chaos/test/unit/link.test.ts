import { connect, createServer, type Socket } from 'node:net'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { openProxy, type Proxy } from '../../src/run/link.ts'

const open: AsyncDisposable[] = []
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one[Symbol.asyncDispose]()
})

/** A server that sends back what it gets, behind a proxy. */
const echo = async (): Promise<Proxy> => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  open.push({
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  })
  const proxy = await openProxy({ host: '127.0.0.1', port: typeof address === 'object' ? (address?.port ?? 0) : 0 })
  open.push(proxy)
  return proxy
}

const connected = async (port: number): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1' })
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()))

const reply = async (socket: Socket, text: string): Promise<string> => {
  socket.write(text)
  const [data] = (await once(socket, 'data')) as [Buffer]
  return data.toString()
}

describe('a proxy', () => {
  it('carries what is said, both ways, to the end', async () => {
    const proxy = await echo()
    const socket = await connected(proxy.port)
    expect(await reply(socket, 'hello')).toBe('hello')
    const pieces: Buffer[] = []
    socket.on('data', (piece: Buffer) => pieces.push(piece))
    const much = Buffer.alloc(3_000_000, 'abc')
    socket.end(much)
    await once(socket, 'end')
    expect(Buffer.concat(pieces).equals(much)).toBe(true)
  })

  it('cuts what is open and refuses what is new, until it is restored', async () => {
    const proxy = await echo()
    const first = await connected(proxy.port)
    await reply(first, 'x')
    const gone = closed(first)
    expect(proxy.cut()).toBe(1)
    await gone
    const refused = connect({ port: proxy.port, host: '127.0.0.1' })
    refused.on('error', () => undefined)
    await closed(refused)
    proxy.restore()
    expect(await reply(await connected(proxy.port), 'again')).toBe('again')
  })

  it('holds up every piece each way while it is slow, and keeps their order when it is not any more', async () => {
    const proxy = await echo()
    const socket = await connected(proxy.port)
    await reply(socket, 'x')
    proxy.slow(80)
    const begun = performance.now()
    expect(await reply(socket, 'slow')).toBe('slow')
    expect(performance.now() - begun).toBeGreaterThan(150)
    expect(proxy.heldUp).toBe(2)
    socket.write('1')
    await new Promise((resolve) => setImmediate(resolve))
    proxy.restore()
    socket.write('2')
    const got: Buffer[] = []
    socket.on('data', (piece: Buffer) => got.push(piece))
    await expect.poll(() => Buffer.concat(got).toString()).toBe('12')
  })
})
