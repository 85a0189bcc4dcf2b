import type { IncomingMessage } from 'node:http'
import { type Socket, connect } from 'node:net'
import type { Duplex } from 'node:stream'

const CONNECT_MS = 5_000
/** Playwright's server closes its side when ours ends; one that does not is cut off after this. */
const END_MS = 10_000

/** Hop-by-hop and secret headers stay here; the rest is the holder's handshake, word for word. */
const KEPT_BACK = new Set(['authorization', 'host'])

const handshake = (request: IncomingMessage, target: URL): string => {
  const lines = [`GET ${target.pathname} HTTP/1.1`, `Host: ${target.host}`]
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    const [name = '', value = ''] = request.rawHeaders.slice(i, i + 2)
    if (!KEPT_BACK.has(name.toLowerCase())) lines.push(`${name}: ${value}`)
  }
  return `${lines.join('\r\n')}\r\n\r\n`
}

export interface TunnelEnds {
  readonly holder: Duplex
  /** What the holder sent after its handshake. */
  readonly head: Buffer
  readonly target: URL
}

/**
 * Carry a holder's WebSocket to its browser's own endpoint, byte for byte (the handshake's path and token apart), until
 * either side closes or `signal` is aborted. Bytes are never buffered beyond the sockets' own limits.
 * @param onClosed called once, with the side that closed first
 * @returns resolves when the browser's side is closed: it has taken all that the holder ever sent, and disposes of it
 */
export const tunnel = async (
  request: IncomingMessage,
  { holder, head, target }: TunnelEnds,
  signal: AbortSignal,
  onClosed: (first: 'holder' | 'browser') => void,
): Promise<void> => {
  if (signal.aborted) return void holder.destroy()
  const browser: Socket = connect({
    host: target.hostname,
    port: Number(target.port),
    noDelay: true,
    timeout: CONNECT_MS,
  })
  const over = new Promise<void>((resolve) => browser.once('close', () => resolve()))
  let closed = false
  const close = (first: 'holder' | 'browser' | null): void => {
    if (closed) return
    closed = true
    holder.unpipe(browser)
    holder.destroy()
    finish(browser)
    if (first !== null) onClosed(first)
  }
  browser.once('connect', () => {
    if (closed) return
    browser.setTimeout(0)
    browser.write(handshake(request, target))
    if (head.length > 0) browser.write(head)
    holder.pipe(browser)
    browser.pipe(holder)
  })
  browser.once('timeout', () => close('browser'))
  for (const event of ['error', 'close', 'end'] as const) {
    browser.once(event, () => close('browser'))
    holder.once(event, () => close('holder'))
  }
  signal.addEventListener('abort', () => close(null), { once: true })
  await over
}

/** End our side and read on until the other ends as well. */
const finish = (browser: Socket): void => {
  browser.on('error', () => {})
  browser.unpipe()
  if (browser.connecting) return void browser.destroy()
  const timer = setTimeout(() => browser.destroy(), END_MS)
  browser.once('close', () => clearTimeout(timer))
  browser.end()
  browser.resume()
}
