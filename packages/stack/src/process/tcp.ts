import { connect } from 'node:net'

/** A check that holds when something accepts connections on this loopback port. */
export const answersOnTcp =
  (port: number) =>
  (signal: AbortSignal): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', signal })
      const end = (open: boolean): void => {
        socket.destroy()
        resolve(open)
      }
      socket.once('connect', () => end(true))
      socket.once('error', () => end(false))
    })
