import type { Message, Options } from 'amqplib'
import type { z } from 'zod'
import { type Contract, newId } from '../contracts/index.ts'
import { ContractError } from '../errors/index.ts'
import { newTrace, currentContext, hexOf } from '../telemetry/context.ts'
import { DELIVERY_LIMIT } from './policies.ts'
import type { Outgoing } from './pending.ts'

/** Our own headers. None begins with `x-`: those belong to the broker, which rewrites them. */
export const HEADER = {
  version: 'version',
  /** Number of the attempt that this delivery is; absent: 1. */
  attempt: 'attempt',
  /** Not handled before this instant (ISO 8601). */
  notBefore: 'not-before',
  traceparent: 'traceparent',
  /** The dead letter in whose place a person sent this message. */
  editedFrom: 'edited-from',
} as const

export type Headers = Readonly<Record<string, unknown>>
export const headersOf = (message: Pick<Message, 'properties'>): Headers => message.properties.headers ?? {}

export interface Envelope {
  readonly id?: string | undefined
  readonly correlationId?: string | undefined
  readonly replyTo?: string | undefined
  readonly headers?: Headers
}

/** The properties of a new message. Correlation and trace continue those of the message being handled, if any. */
export const properties = (service: string, type: string, envelope: Envelope = {}): Outgoing['properties'] => {
  const context = currentContext()
  const messageId = envelope.id ?? newId()
  const base = {
    messageId,
    type,
    appId: service,
    contentType: 'application/json',
    // AMQP timestamps are whole seconds.
    timestamp: Math.floor(Date.now() / 1_000),
    correlationId: envelope.correlationId ?? context?.correlationId ?? messageId,
    headers: {
      ...envelope.headers,
      // What sends it is its parent; outside of any work it begins a trace.
      [HEADER.traceparent]: context?.traceparent ?? newTrace(hexOf(messageId)),
    },
  }
  return envelope.replyTo === undefined ? base : { ...base, replyTo: envelope.replyTo }
}

export const jsonBytes = (body: unknown): Buffer => Buffer.from(JSON.stringify(body))

/** Paths and rules of what is wrong, never the values. */
export const issuesOf = (error: z.ZodError): string =>
  error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.length === 0 ? 'body' : issue.path.join('.')}: ${issue.message}`)
    .join('; ')

/**
 * Check a body against its contract before it leaves.
 * @throws ContractError naming what does not fit: the sender's mistake
 */
export const encode = (contract: Contract, body: unknown): Buffer => {
  const parsed = contract.body.safeParse(body)
  if (!parsed.success) throw new ContractError(`A ${contract.type} cannot be sent: ${issuesOf(parsed.error)}`)
  return jsonBytes(parsed.data)
}

export type Decoded = { readonly ok: true; readonly body: unknown } | { readonly ok: false; readonly reason: string }

const bad = (reason: string): Decoded => ({ ok: false, reason })

/** JSON of a message, or undefined. The parser's own error would quote the payload. */
export const jsonOf = (content: Buffer): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(content.toString('utf8')) }
  } catch {
    return undefined
  }
}

/** Read a message by its contract; the previous version is lifted first. Says why when it cannot be read. */
export const decode = (contract: Contract, message: Pick<Message, 'content' | 'properties'>): Decoded => {
  const json = jsonOf(message.content)
  if (json === undefined) return bad('its body is not JSON')
  const version = headersOf(message)[HEADER.version]
  const lifted = lift(contract, version, json.value)
  if (!lifted.ok) return lifted
  const parsed = contract.body.safeParse(lifted.body)
  return parsed.success
    ? { ok: true, body: parsed.data }
    : bad(`its body is not a ${contract.type}: ${issuesOf(parsed.error)}`)
}

const lift = (contract: Contract, version: unknown, body: unknown): Decoded => {
  if (version === contract.version) return { ok: true, body }
  if (version !== contract.version - 1 || contract.upgrade === undefined)
    return bad(
      `version ${typeof version === 'number' ? version : '(none)'} of ${contract.type} is not known here: version ${contract.version} is`,
    )
  try {
    return { ok: true, body: contract.upgrade(body) }
  } catch {
    return bad(`its version ${version} could not be lifted to ${contract.version}`)
  }
}

/** What was refused or expired on the way belongs to one life of a message: copies do not inherit it. */
const BROKERS = /^(x-death|x-first-death-.*|x-last-death-.*|x-delivery-count|x-acquired-count|x-opt-.*|CC|BCC)$/

/**
 * The properties of a copy: everything that says what the message is, and nothing that says where it has been. A
 * per-message TTL (`expiration`) would make it vanish from the queue it is copied to.
 */
export const copyProperties = (message: Pick<Message, 'properties'>, headers: Headers): Outgoing['properties'] => {
  const { messageId, type, timestamp, correlationId, replyTo, appId, contentType, contentEncoding } = message.properties
  const kept = Object.entries(headersOf(message)).filter(([name]) => !BROKERS.test(name))
  const merged = Object.entries({ ...Object.fromEntries(kept), ...headers }).filter(([, value]) => value !== undefined)
  const optional: Options.Publish = { timestamp, correlationId, replyTo, appId, contentType, contentEncoding }
  return {
    ...optional,
    messageId: typeof messageId === 'string' && messageId !== '' ? messageId : newId(),
    type: typeof type === 'string' ? type : '',
    headers: Object.fromEntries(merged),
  }
}

/** The number of the attempt that this delivery is. */
export const attemptOf = (message: Pick<Message, 'properties'>): number => {
  const value = headersOf(message)[HEADER.attempt]
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 ? value : 1
}

/** The instant before which it is not to be handled; undefined when there is none, NaN when it cannot be read. */
export const notBeforeOf = (message: Pick<Message, 'properties'>): number | undefined => {
  const value: unknown = headersOf(message)[HEADER.notBefore]
  if (value === undefined) return undefined
  return typeof value === 'string' ? Date.parse(value) : Number.NaN
}

/** When it was first published, to the second; copies keep it. Undefined for what others than us sent without a time. */
export const sentAtOf = ({ properties: { timestamp } }: Pick<Message, 'properties'>): Date | undefined =>
  typeof timestamp === 'number' ? new Date(timestamp * 1_000) : undefined

/** How often the broker has had it back unacked. Only a quorum queue counts, and copies begin anew. */
const returnsOf = (message: Pick<Message, 'properties'>): number => {
  const value = headersOf(message)['x-delivery-count']
  return typeof value === 'number' ? value : 0
}

/** Returns that a few restarts explain; with more, a message may be what ends the processes that handle it. */
const SUSPECT_AFTER = 3

/** Whether it is to be handled apart from others: it may kill whatever handles it, or was beside one that does. */
export const isSuspect = (message: Pick<Message, 'properties'>): boolean => returnsOf(message) >= SUSPECT_AFTER

/** Any UUID, of whatever version; a schema would cost as much as all of the rest here. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** What makes a message unusable before its body is looked at; undefined when nothing does. */
export const brokenEnvelope = (message: Pick<Message, 'properties'>): string | undefined => {
  const returns = returnsOf(message)
  // One before the broker would do it, and with a reason and an alert, which the broker's own dead-lettering has not.
  if (returns >= DELIVERY_LIMIT - 1)
    return `it came back ${returns} times without an answer: whatever handles it dies of it`
  if (!UUID.test(String(message.properties.messageId))) return 'its message id is not a UUID'
  if (Number.isNaN(notBeforeOf(message))) return `its header ${HEADER.notBefore} is not an instant`
  return undefined
}
