import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

export type SocketKind = 'control' | 'driver'

/** A one-time token: each of a lease's two sockets may be opened with it once. */
export interface Ticket {
  readonly token: string
  /** True once for each kind of socket and the right token. */
  use(kind: SocketKind, token: string): boolean
}

const digest = (value: string): Buffer => createHash('sha256').update(value).digest()

/** Compare without telling by the time taken how much was right. */
export const sameSecret = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))

export const newTicket = (): Ticket => {
  const token = randomBytes(32).toString('base64url')
  const used = new Set<SocketKind>()
  return {
    token,
    use: (kind, given) => {
      if (!sameSecret(given, token) || used.has(kind)) return false
      used.add(kind)
      return true
    },
  }
}

/** `major.minor` of a version: Playwright's client and server must share it (HTTP 428 otherwise). */
export const minorOf = (version: string): string => version.split('.').slice(0, 2).join('.')
