import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'

/** The ids that the work at hand is about. Log lines carry them, and spans as attributes; neither ever a text or a secret. */
export interface Ids {
  readonly postId?: string
  readonly segment?: number
  readonly account?: string
  readonly leaseId?: string
}

/** What the work at hand belongs to: handed on to everything that is sent, asked and logged while it is done. */
export interface WorkContext extends Ids {
  readonly correlationId?: string | undefined
  /** W3C trace context: `00-<trace id>-<parent span>-<flags>`. */
  readonly traceparent: string
}

const storage = new AsyncLocalStorage<WorkContext>()

/** Run something so that everything it sends continues this correlation and trace. */
export const inContext = <T>(context: WorkContext, run: () => T): T => storage.run(context, run)

/** What a promise or a timer of ours was begun in: runs something in the context of this moment, whenever that is. */
export const contextKeeper = (): (<T>(run: () => T) => T) => AsyncLocalStorage.snapshot()

export const currentContext = (): WorkContext | undefined => storage.getStore()

/** Adds to what the work at hand is known to be about. */
export const aboutIds = <T>(ids: Ids, run: () => T): T => {
  const context = storage.getStore()
  return context === undefined ? run() : storage.run({ ...context, ...ids }, run)
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

export interface TraceParent {
  readonly traceId: string
  readonly spanId: string
  readonly flags: number
}

/** The parts of a traceparent; undefined for anything else. */
export const readTrace = (value: unknown): TraceParent | undefined => {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(typeof value === 'string' ? value : '') ?? []
  return traceId === undefined || spanId === undefined
    ? undefined
    : { traceId, spanId, flags: parseInt(flags ?? '0', 16) }
}

/**
 * A trace that begins here, sampled. (W3C Trace Context, version 00.)
 * @param id 32 hex digits that are this message's own, from which trace and span are taken: a new UUID costs a tenth of
 *   a publish, and every message has one already
 */
export const newTrace = (id: string = hexOf(randomUUID())): string => `00-${id}-${id.slice(-16)}-01`

/** The 32 hex digits of a UUID. */
export const hexOf = (uuid: string): string => uuid.replaceAll('-', '')

/** The ids that a body names; nothing else of it. Pure. */
export const idsOf = (body: unknown): Ids => {
  if (typeof body !== 'object' || body === null) return {}
  const { postId, segment, account, leaseId } = body as Readonly<Record<string, unknown>>
  // Every message passes here.
  const ids: { -readonly [Name in keyof Ids]: Ids[Name] } = {}
  if (typeof postId === 'string') ids.postId = postId
  if (typeof segment === 'number') ids.segment = segment
  if (typeof account === 'string') ids.account = account
  if (typeof leaseId === 'string') ids.leaseId = leaseId
  return ids
}
