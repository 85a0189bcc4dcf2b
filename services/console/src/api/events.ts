import { createSession } from 'better-sse'
import type { RequestHandler } from 'express'
import { liveEvent } from '../decisions/live-event.ts'
import { Problem } from '../http/problems.ts'
import type { Ports } from '../ports.ts'

/** A client that has not read this much is too slow: its stream ends, and it reads everything anew when it is back. */
const MAX_UNREAD_BYTES = 256 * 1024
const MAX_CLIENTS = 100

export const EVENTS_PATH = '/v1/events'

/**
 * `GET /v1/events`: facts as they happen, as server-sent events named `fact`, and what the console stands on, as `health`,
 * at first and whenever it changes. Nothing is kept for who was not there:
 * a client reads the lists again when its stream (re)opens.
 */
export const events = ({ live, watch }: Pick<Ports, 'live' | 'watch'>): RequestHandler => {
  let clients = 0
  return async (request, response) => {
    if (clients >= MAX_CLIENTS)
      throw new Problem('unavailable', `${MAX_CLIENTS} live views are open already; close one.`, { retryAfter: 30 })
    clients += 1
    let stop: (() => void) | undefined
    response.once('close', () => {
      clients -= 1
      stop?.()
    })
    // No proxy on the way may hold events back to gather more of them.
    const session = await createSession(request, response, { headers: { 'x-accel-buffering': 'no' } })
    const push = (event: unknown, name: string, id?: string): void => {
      if (!session.isConnected) return
      if (response.writableLength > MAX_UNREAD_BYTES) response.destroy()
      else session.push(event, name, id)
    }
    const stops = [
      live.subscribe((fact) => push(liveEvent(fact), 'fact', fact.id)),
      watch.subscribe((dependencies) => push({ dependencies }, 'health')),
    ]
    stop = () => stops.forEach((end) => end())
    if (response.closed) stop()
    push({}, 'open')
    push({ dependencies: watch.dependencies() }, 'health')
  }
}
