import { type RawData, WebSocket } from 'ws'
import type { z } from 'zod'
import { ControlMessage, type ControlRequest } from '../contracts/index.ts'
import { PermanentError, UnavailableError, messageOf } from '../errors/index.ts'
import { within } from '../runtime/deadline.ts'
import { currentContext, idsOf } from '../telemetry/context.ts'
import { isTracing, traced } from '../telemetry/spans.ts'

/** A request without its number. */
export type Asked = ControlRequest extends infer R ? (R extends ControlRequest ? Omit<R, 'n'> : never) : never

/** The lease's control socket, from its holder's side. */
export interface Control {
  /** Aborted with the reason when the socket is closed or silent, or the broker says that the lease has ended. */
  readonly lost: AbortSignal
  /** Aborted when the broker asks for an early end. */
  readonly yielding: AbortSignal
  /**
   * @throws PermanentError for what the broker refuses, UnavailableError when it cannot say or did not in time, the
   *   reason of `lost` when that comes first
   */
  ask<S extends z.ZodType>(request: Asked, answer: S): Promise<z.output<S>>
  close(): void
}

const OPEN_MS = 5_000
/** Longer than the ledger's own deadline, so that its reason is heard. */
const ASK_MS = 12_000
/** The broker pings every 2 s: after this long without one it is gone, or we were. */
const SILENT_MS = 8_000
const WATCH_MS = 1_000

const dependency = 'browser-broker'

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/**
 * Open the control socket of a granted lease.
 * @throws UnavailableError when the broker does not accept it (offer over, token used, broker gone)
 */
export const openControl = async (url: string, token: string, signal: AbortSignal): Promise<Control> => {
  const socket = new WebSocket(url, {
    headers: { authorization: `Bearer ${token}` },
    handshakeTimeout: OPEN_MS,
    perMessageDeflate: false,
  })
  const opened = new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', (error) =>
      reject(new UnavailableError(dependency, `The lease could not be claimed: ${messageOf(error)}`)),
    )
    socket.once('close', () =>
      reject(new UnavailableError(dependency, 'The lease could not be claimed: the socket was closed.')),
    )
  })
  const late = (): Error => new UnavailableError(dependency, `The lease was not claimed within ${OPEN_MS} ms.`)
  const control = controlOver(socket)
  try {
    await within(opened, OPEN_MS, late, signal)
  } catch (error) {
    socket.terminate()
    throw error
  }
  return control
}

const controlOver = (socket: WebSocket): Control => {
  const over = new AbortController()
  const yielding = new AbortController()
  const waiting = new Map<number, Waiting>()
  let last = 0
  let heard = Date.now()

  const lose = (reason: string): void => {
    if (over.signal.aborted) return
    const error = new UnavailableError(dependency, `The lease is lost: ${reason}.`)
    over.abort(error)
    clearInterval(watch)
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
    socket.close()
  }
  const watch = setInterval(() => {
    if (socket.readyState === socket.OPEN && Date.now() - heard > SILENT_MS) {
      lose('the browser-broker is silent')
      socket.terminate()
    }
  }, WATCH_MS)
  watch.unref()
  socket.on('open', () => (heard = Date.now()))
  socket.on('ping', () => (heard = Date.now()))
  socket.on('error', (error) => lose(messageOf(error)))
  socket.on('close', () => lose('its control socket was closed'))
  socket.on('message', (data) => {
    heard = Date.now()
    const message = messageFrom(data)
    if (message === undefined) return lose('the browser-broker said something that is not in the contract')
    if (message.kind === 'ended') return lose(message.reason)
    if (message.kind === 'yield') return yielding.abort()
    const call = waiting.get(message.n)
    waiting.delete(message.n)
    if (message.kind === 'answer') call?.resolve(message.value)
    else call?.reject(errorOf(message.message, message.code))
  })

  const ask: Control['ask'] = (request, answer) => {
    const about = 'action' in request ? request.action : 'deletion' in request ? request.deletion : undefined
    return traced({ name: `ask ${request.op}`, kind: 'client', ids: idsOf(about) }, () => askNow(request, answer))
  }
  const askNow: Control['ask'] = async (request, answer) => {
    over.signal.throwIfAborted()
    const n = (last += 1)
    const answered = new Promise<unknown>((resolve, reject) => waiting.set(n, { resolve, reject }))
    const trace = isTracing() ? { traceparent: currentContext()?.traceparent } : {}
    socket.send(JSON.stringify({ ...request, ...trace, n }))
    const late = (): Error =>
      new UnavailableError(dependency, `The browser-broker did not answer ${request.op} within ${ASK_MS} ms.`)
    try {
      const value = answer.safeParse(await within(answered, ASK_MS, late))
      if (value.success) return value.data
      throw new UnavailableError(dependency, `The browser-broker's answer to ${request.op} is not in the contract.`)
    } finally {
      waiting.delete(n)
    }
  }
  return { lost: over.signal, yielding: yielding.signal, ask, close: () => socket.close() }
}

const messageFrom = (data: RawData): ControlMessage | undefined => {
  try {
    return ControlMessage.parse(
      JSON.parse(Buffer.concat([data].flat().map((part) => Buffer.from(part as Buffer))).toString()),
    )
  } catch {
    return undefined
  }
}

const errorOf = (message: string, code: string | undefined): Error =>
  code === undefined || code === 'unavailable' || code === 'internal' || code === 'lease_over'
    ? new UnavailableError(dependency, message)
    : new PermanentError(code, message)
