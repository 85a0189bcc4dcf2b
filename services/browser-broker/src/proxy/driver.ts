import type { IncomingMessage } from 'node:http'
import { type Socket, connect } from 'node:net'
import type { Duplex } from 'node:stream'

const CONNECT_MS = 5_000

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

/**
 * Carry a holder's WebSocket to its browser's own endpoint, byte for byte (the handshake's path and token apart), until
 * either side closes or `signal` is aborted. Bytes are never buffered beyond the sockets' own limits.
 * @param onClosed called once, with the side that closed first
 */
export const tunnel = (
  request: IncomingMessage,
  holder: Duplex,
  head: Buffer,
  target: URL,
  signal: AbortSignal,
  onClosed: (first: 'holder' | 'browser') => void,
): void => {
  const browser: Socket = connect({
    host: target.hostname,
    port: Number(target.port),
    noDelay: true,
    timeout: CONNECT_MS,
  })
  let closed = false
  const close = (first: 'holder' | 'browser' | null): void => {
    if (closed) return
    closed = true
    holder.destroy()
    browser.destroy()
    if (first !== null) onClosed(first)
  }
  browser.once('connect', () => {
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
  if (signal.aborted) close(null)
  else signal.addEventListener('abort', () => close(null), { once: true })
}
