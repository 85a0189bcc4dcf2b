import { once } from 'node:events'
import { type AddressInfo, type Socket, connect, createServer } from 'node:net'

export interface Cuttable extends AsyncDisposable {
  /** The same address by way of the link. */
  readonly url: string
  /** Break every connection and refuse new ones. */
  cut(): void
  /** Pass nothing on any more that the near side sends, and let it believe that all is well. */
  swallow(): void
  mend(): void
}

/** A TCP link to where `target` points, which can be cut or made to swallow. */
export const cuttable = async (target: string): Promise<Cuttable> => {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let whole = true
  let swallowing = false
  const server = createServer((near) => {
    if (!whole) {
      near.destroy()
      return
    }
    const far = connect({ host: hostname, port: Number(port) })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one)
      one.on('error', () => {})
      one.once('close', () => {
        sockets.delete(one)
        other.destroy()
      })
    }
    near.on('data', (piece) => void (swallowing || far.write(piece)))
    near.once('end', () => far.end())
    far.pipe(near)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as AddressInfo).port)
  const cut = (): void => {
    whole = false
    for (const socket of sockets) socket.destroy()
  }
  return {
    url: url.href,
    cut,
    swallow: () => void (swallowing = true),
    mend: () => {
      whole = true
      swallowing = false
    },
    [Symbol.asyncDispose]: async () => {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
