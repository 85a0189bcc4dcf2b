import { z } from 'zod'
import { ActionKey, BeginAction, Deletion, WantedAction } from './actions.ts'
import { defineCommand } from './define.ts'
import { AccountId, Instant, PlatformId, PlatformName } from './ids.ts'

/** `act` publishes, replies, deletes; a person waits for `interactive`; `background` is everything that can wait. */
export const LeaseClass = z.enum(['act', 'interactive', 'background'])
export type LeaseClass = z.infer<typeof LeaseClass>

const requestFor = <Class extends LeaseClass>(leaseClass: Class) =>
  defineCommand({
    type: `lease.request.${leaseClass}` as const,
    version: 1,
    queue: `broker.leases.${leaseClass}` as const,
    sharded: true,
    /** `replyTo` of the message names the asker's exclusive queue; it dies with the asker. */
    body: z.strictObject({
      requestId: z.uuid(),
      account: AccountId,
      class: z.literal(leaseClass),
      /** The request is withdrawn at this moment; one that cannot be met is refused at once. */
      startBy: Instant,
      /** Playwright's version at the asker: its major.minor must be the broker's. */
      playwright: z.string().min(1).max(40),
      /**
       * The create that an `act` lease is for: without room for it in the account's budget the request is refused at once. Left out
       * by whoever reads or deletes, which have no budget, and by askers of an earlier release.
       */
      action: WantedAction.optional(),
    }),
    retry: { rungs: [] },
  })

/** One queue per class, since a quorum queue has no priorities on every supported broker. */
export const LEASE_REQUESTS = {
  act: requestFor('act'),
  interactive: requestFor('interactive'),
  background: requestFor('background'),
} as const

export const RefusalReason = z.enum([
  'account_busy',
  'account_paused',
  'unknown_account',
  'no_session',
  'deadline',
  'pressure',
  'version',
  'kill_switch',
  'budget',
  'platform_away',
])
export type RefusalReason = z.infer<typeof RefusalReason>

/** The states of a lease: its slot and its account are taken from `offered` on, until `closed`. */
export const LeaseState = z.enum(['offered', 'active', 'closing', 'closed'])
export type LeaseState = z.infer<typeof LeaseState>

/** What moves a lease. `gone`: its browser's exit was observed; `kept`: its browser was seen empty, and waits for its account. */
export const LeaseEvent = z.enum(['reserved', 'claimed', 'ended', 'gone', 'kept'])
export type LeaseEvent = z.infer<typeof LeaseEvent>

/** Why a lease ended. */
export const EndCause = z.enum([
  'released',
  'denied',
  'unclaimed',
  'undeliverable',
  'client_lost',
  'expired',
  'revoked',
  'protocol',
  'browser_crash',
  'no_browser',
  'shutdown',
])
export type EndCause = z.infer<typeof EndCause>

/**
 * What the asker's queue receives: a grant that must be claimed within seconds, or a refusal with a time. Before either it may be
 * told that it still waits, which says nothing: so the broker sees whether whoever asked is there.
 */
export const LeaseAnswer = z.discriminatedUnion('answer', [
  z.strictObject({
    answer: z.literal('granted'),
    requestId: z.uuid(),
    leaseId: z.uuid(),
    /** Greater than that of every earlier lease of this account. */
    fence: z.int().positive(),
    /** Playwright endpoint behind the broker's proxy. */
    endpoint: z.url(),
    /** WebSocket for ping, begin, complete, abort, absent, renew and release; closing it ends the lease. */
    control: z.url(),
    /** One-time; sent as a bearer token to both sockets and never logged. */
    token: z.string().min(20),
    expiresAt: Instant,
  }),
  z.strictObject({
    answer: z.literal('refused'),
    requestId: z.uuid(),
    reason: RefusalReason,
    retryAt: Instant,
    detail: z.string(),
  }),
  z.strictObject({ answer: z.literal('waiting'), requestId: z.uuid() }),
])
export type LeaseAnswer = z.infer<typeof LeaseAnswer>

/** Who the holder is on the platform, and the session to open the context with. Never logged, never in a queue. */
export const SessionHandout = z.strictObject({
  platform: PlatformName,
  handle: z.string().min(1).max(64),
  /** Playwright's `storageState`. */
  storageState: z.unknown(),
})
export type SessionHandout = z.infer<typeof SessionHandout>

/** Over the control socket, asker → broker. Every request has a number and gets one answer with it. */
export const ControlRequest = z.discriminatedUnion('op', [
  /** First message, answered once with a `SessionHandout`; the token was checked at the handshake. */
  z.strictObject({ op: z.literal('session'), n: z.int() }),
  z.strictObject({ op: z.literal('begin'), n: z.int(), action: BeginAction }),
  z.strictObject({
    op: z.literal('complete'),
    n: z.int(),
    action: ActionKey,
    attempt: z.int().min(1),
    platformId: PlatformId,
    url: z.url(),
    publishedAt: Instant,
    source: z.enum(['response', 'reconciled']),
  }),
  /** Certain that nothing was created in this attempt. */
  z.strictObject({
    op: z.literal('abort'),
    n: z.int(),
    action: ActionKey,
    attempt: z.int().min(1),
    reason: z.string(),
  }),
  /** The outcome of this attempt was not seen; the lease's browser will be killed at its end. */
  z.strictObject({
    op: z.literal('unknown'),
    n: z.int(),
    action: ActionKey,
    attempt: z.int().min(1),
    reason: z.string(),
  }),
  /** A whole reading of the timeline that began at `readingBeganAt` does not hold the segment. */
  z.strictObject({
    op: z.literal('absent'),
    n: z.int(),
    action: ActionKey,
    attempt: z.int().min(1),
    readingBeganAt: Instant,
  }),
  /** May this live segment be deleted? Durable before it answers. */
  z.strictObject({ op: z.literal('begin_delete'), n: z.int(), deletion: Deletion }),
  /** It is gone from the platform. */
  z.strictObject({ op: z.literal('deleted'), n: z.int(), deletion: Deletion }),
  z.strictObject({ op: z.literal('pause_account'), n: z.int(), reason: z.string(), until: Instant.nullable() }),
  z.strictObject({ op: z.literal('renew'), n: z.int() }),
  z.strictObject({
    op: z.literal('release'),
    n: z.int(),
    outcome: z.enum(['clean', 'failed']),
    /** Rotated cookies, saved back only from a clean `act` lease. */
    storageState: z.unknown().optional(),
  }),
])
export type ControlRequest = z.infer<typeof ControlRequest>

/** A request as it comes over the socket: beside its own fields it may name the trace that it belongs to. Throws ZodError. */
export const ControlEnvelope = z
  .looseObject({ traceparent: z.string().max(64).optional() })
  .transform(
    ({ traceparent, ...request }): ControlEnvelope => ({ traceparent, request: ControlRequest.parse(request) }),
  )
export interface ControlEnvelope {
  readonly traceparent: string | undefined
  readonly request: ControlRequest
}

/** Over the control socket, broker → asker. */
export const ControlMessage = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('answer'), n: z.int(), value: z.unknown() }),
  /** `code` is `unavailable` for what may work later; any other stands for a refusal that will not change. */
  z.strictObject({ kind: z.literal('error'), n: z.int(), message: z.string(), code: z.string().max(64).optional() }),
  /** Somebody who acts waits for the slot: end soon, if that costs nothing. */
  z.strictObject({ kind: z.literal('yield') }),
  /** The lease is over: why. The socket closes after it. */
  z.strictObject({ kind: z.literal('ended'), reason: z.string() }),
])
export type ControlMessage = z.infer<typeof ControlMessage>
