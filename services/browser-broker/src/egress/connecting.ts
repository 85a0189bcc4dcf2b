import type { Socket } from 'node:net'

/** Where a connection goes. */
export interface Place {
  readonly host: string
  readonly port: number
}

/** Told of every connection that a browser's way out begins, before it is there. */
export type SeeConnecting = (place: Place, socket: Socket) => void

/** What a connection may come to. One that is given up before either was known came to neither. */
export interface Outcomes {
  readonly connected: () => void
  readonly failed: (cause: string) => void
}

/**
 * Tell what a connection comes to: that it failed, at most once, also when it is merely late (nobody tells of a packet that was
 * dropped for minutes); that it came about, also after it was late.
 */
export const seeOutcome = (socket: Socket, { connected, failed }: Outcomes, lateMs: number): void => {
  if (!socket.connecting) return connected()
  let known = false
  const fail = (cause: string): void => {
    if (!known) failed(cause)
    known = true
  }
  const late = setTimeout(() => fail(`no connection within ${lateMs} ms`), lateMs)
  socket.once('connect', () => {
    known = true
    clearTimeout(late)
    connected()
  })
  socket.once('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message))
  socket.once('close', () => clearTimeout(late))
}
