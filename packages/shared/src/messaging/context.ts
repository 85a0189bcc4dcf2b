import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'

/** What a message hands on to those that are sent while it is handled. */
export interface MessageContext {
  readonly correlationId: string
  /** W3C trace context: `00-<trace id>-<parent span>-<flags>`. */
  readonly traceparent: string
}

const storage = new AsyncLocalStorage<MessageContext>()

/** Run a handler so that everything it sends continues the message's correlation and trace. */
export const inContext = <T>(context: MessageContext, run: () => T): T => storage.run(context, run)

export const currentContext = (): MessageContext | undefined => storage.getStore()

const TRACEPARENT = /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/

/**
 * A span of its own in the parent's trace, or in a new one. (W3C Trace Context, version 00.)
 * @param id 32 hex digits that are this message's own, from which span and trace are taken: a new UUID costs a tenth of
 *   a publish, and every message has one already
 */
export const childTrace = (parent: unknown, id: string = hexOf(randomUUID())): string => {
  const [, trace, flags] = TRACEPARENT.exec(typeof parent === 'string' ? parent : '') ?? []
  return `00-${trace ?? id}-${id.slice(-16)}-${flags ?? '01'}`
}

/** The 32 hex digits of a UUID. */
export const hexOf = (uuid: string): string => uuid.replaceAll('-', '')
