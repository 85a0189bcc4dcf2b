import { once } from 'node:events'
import { type Socket, connect, createServer } from 'node:net'

/** A way to a dependency that can be shut: open connections are cut, and new ones are refused at once. */
export interface Gate extends AsyncDisposable {
  /** The URL of what is behind, by way of the gate. */
  readonly url: string
  shut(): void
  open(): void
}

export const gate = async (target: string): Promise<Gate> => {
  const behind = new URL(target)
  const sockets = new Set<Socket>()
  let isOpen = true
  const keep = (socket: Socket): Socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    return socket.once('close', () => sockets.delete(socket))
  }
  const server = createServer((near) => {
    keep(near)
    if (!isOpen) return void near.resetAndDestroy()
    const far = keep(connect(Number(behind.port), behind.hostname))
    near.pipe(far).pipe(near)
    near.once('close', () => far.destroy())
    far.once('close', () => near.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String(typeof address === 'object' ? address?.port : '')
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  return {
    url: url.href,
    shut() {
      isOpen = false
      cut()
    },
    open() {
      isOpen = true
    },
    async [Symbol.asyncDispose]() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}
