import type { z } from 'zod'
import type { BodyOf, CommandContract, FactContract, InputOf, ValueContract } from '../contracts/index.ts'

/**
 * What a handler returns. Outcomes are values; waiting is not failing.
 * - `done`: ack.
 * - `answer`: send `body` to the asker's queue (mandatory, confirmed), then ack. No asker: like `done`.
 * - `retry`: spends an attempt: a confirmed copy to the contract's next delay rung, then ack; rungs used up: to the
 *   dead queue with the cause.
 * - `snooze`: not before `until`, spends nothing: a confirmed copy to the longest rung that does not overshoot, then
 *   ack; the last second is waited in process.
 * - `reject`: to the dead queue at once, with the reason.
 * A handler that throws gets the outcome that `outcomeOfError` gives to what it threw.
 */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'answer'; readonly body: unknown }
  | { readonly kind: 'retry'; readonly cause: unknown }
  | { readonly kind: 'snooze'; readonly until: Date; readonly reason: string }
  | { readonly kind: 'reject'; readonly reason: string; readonly cause?: unknown }

export const done: Outcome = { kind: 'done' }
export const answer = (body: unknown): Outcome => ({ kind: 'answer', body })
export const retry = (cause: unknown): Outcome => ({ kind: 'retry', cause })
export const snooze = (until: Date, reason: string): Outcome => ({ kind: 'snooze', until, reason })
export const reject = (reason: string, cause?: unknown): Outcome => ({ kind: 'reject', reason, cause })

/** One message as its handler sees it: parsed, of the current version, not early. */
export interface Delivery<Body> {
  readonly id: string
  readonly type: string
  readonly body: Body
  /** 1 for the first. */
  readonly attempt: number
  /** True when no rung is left: a `retry` would park it. */
  readonly lastAttempt: boolean
  readonly sentAt: Date
  readonly correlationId: string
  /** The asker's exclusive queue, if there is one. */
  readonly replyTo: string | undefined
}

export interface HandlerContext {
  /** Aborted when the service shuts down or the channel is lost: stop early, without harm. */
  readonly signal: AbortSignal
}

/** One contract with what handles it: made by `handle`. */
export interface Route<C extends CommandContract | FactContract = CommandContract | FactContract> {
  readonly contract: C
  // A method, so that routes of different contracts stand in one array.
  run(delivery: Delivery<BodyOf<C>>, context: HandlerContext): Promise<Outcome>
}

export const handle = <C extends CommandContract | FactContract>(
  contract: C,
  run: (delivery: Delivery<BodyOf<C>>, context: HandlerContext) => Promise<Outcome>,
): Route<C> => ({ contract, run })

/** A fact as it travels to the database. `body` is of the current version and was validated. */
export interface RecordedFact {
  readonly id: string
  readonly type: string
  readonly body: unknown
}

/** A recorded fact as it comes from its queue. */
export interface QueuedFact extends RecordedFact {
  /** When it was first published, to the second. */
  readonly sentAt: Date
  /** Of its body in JSON, as it came. */
  readonly bytes: number
}

export interface SendOptions {
  /** Message id (UUID). A repeat after an unknown end uses the same one; consumers are idempotent by it. */
  readonly id?: string
  readonly correlationId?: string
  readonly signal?: AbortSignal
}

export interface OfShard {
  /** Needed for sharded commands and values only. */
  readonly shard?: number
}

export interface SendCommandOptions extends SendOptions, OfShard {
  /** Not handled before this: waits on the rungs. */
  readonly notBefore?: Date
}

export interface AskOptions {
  readonly shard?: number
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/** `queue` is the queue of origin, such as `poster.publish.0`. */
export interface DeadLetterCount {
  readonly queue: string
  readonly messages: number
}

/** A running consumer. Disposing it stops taking, waits for what is in flight and hands back the rest. */
export interface Consumption extends AsyncDisposable {
  /** Stop taking new messages (a breaker's way of acting); what is in flight goes on. */
  pause(): Promise<void>
  resume(): Promise<void>
  readonly paused: boolean
}

/** Why RabbitMQ takes nothing: there is no connection, or an alarm blocks whoever publishes. */
export interface BusTrouble {
  readonly kind: 'away' | 'blocked'
  readonly reason: string
}

export interface BatchOptions {
  readonly max: number
  /** A batch is closed when it is full or its first message has waited this long. */
  readonly lingerMs: number
}

/**
 * One service's way to RabbitMQ. Every publish is persistent, mandatory and confirmed; an unroutable or nacked message
 * is an error to its sender. Confirms are windowed: calls may overlap freely, and wait when the window is full.
 * Connections, channels, topology and consumers are rebuilt after any loss; what was not confirmed is published again
 * with the same id.
 */
export interface Bus extends AsyncDisposable {
  /** Publish a fact; resolves when the broker has confirmed it. @throws UnroutableError, UnavailableError */
  emit<C extends FactContract>(contract: C, body: InputOf<C>, options?: SendOptions): Promise<void>
  /** Send a command; resolves when the broker has confirmed it. @throws UnroutableError, UnavailableError */
  send<C extends CommandContract>(contract: C, body: InputOf<C>, options?: SendCommandOptions): Promise<void>
  /** Put a value in the place of the one before; resolves when the broker has confirmed it. */
  keep<C extends ValueContract>(contract: C, body: InputOf<C>, options?: SendOptions & OfShard): Promise<void>
  /** The value that was kept last; undefined when none was. @throws UnavailableError, ContractError */
  kept<C extends ValueContract>(
    contract: C,
    options?: OfShard & { readonly signal?: AbortSignal },
  ): Promise<BodyOf<C> | undefined>
  /** Send a command and wait for the answer of its handler. @throws UnavailableError when none came in time */
  ask<C extends CommandContract, A extends z.ZodType>(
    contract: C,
    body: InputOf<C>,
    answers: A,
    options: AskOptions,
  ): Promise<z.output<A>>
  /** Send one body to an asker's queue. @throws UnroutableError when the asker is gone */
  reply(to: { readonly replyTo: string; readonly correlationId: string }, body: unknown): Promise<void>
  /** A queue of this connection's own, which dies with it; returns the name to give as `replyTo`. */
  inbox(receive: (body: unknown, correlationId: string) => void): Promise<{ readonly queue: string } & AsyncDisposable>
  /** Send with an explicit `replyTo`, for protocols of more than one answer. */
  request<C extends CommandContract>(
    contract: C,
    body: InputOf<C>,
    options: SendCommandOptions & { readonly replyTo: string; readonly correlationId: string },
  ): Promise<void>
  /** Take commands from one queue. All routes must share the queue; a type without a route goes to the dead queue. */
  consume(
    routes: readonly Route[],
    options: { readonly prefetch: number; readonly shard?: number },
  ): Promise<Consumption>
  /** Take facts from a durable queue of this name that is bound to the routes' types. */
  consumeFacts(queue: string, routes: readonly Route[], options: { readonly prefetch: number }): Promise<Consumption>
  /**
   * Take every recorded fact in batches, two of them at a time, unacked until `apply` answers with one outcome per fact, in order. A malformed
   * message never reaches `apply`: it goes to the dead queue. While `apply` has not answered nothing more is taken than
   * the prefetch holds.
   */
  consumeFactBatches(
    queue: string,
    apply: (batch: readonly QueuedFact[], context: HandlerContext) => Promise<readonly Outcome[]>,
    options: BatchOptions,
  ): Promise<Consumption>
  /**
   * Facts from now on, without a durable queue: for live views.
   * @param only of these kinds; all, unless said otherwise
   */
  watchFacts(receive: (fact: RecordedFact) => void, only?: readonly FactContract[]): Promise<AsyncDisposable>
  /** How many dead letters every queue has, zero included. @throws UnavailableError */
  deadLetters(): Promise<readonly DeadLetterCount[]>
  /** How many messages wait in each of these queues, not counting those in hand. @throws UnavailableError */
  waiting(queues: readonly string[]): Promise<readonly DeadLetterCount[]>
  /** How many consumers each of these queues has, in their order. @throws UnavailableError */
  takers(queues: readonly string[]): Promise<readonly number[]>
  /** Why RabbitMQ takes nothing just now: no connection, or an alarm; undefined while it does. */
  trouble(): BusTrouble | undefined
  /** Empty while usable; otherwise a sentence per trouble (not connected, blocked by an alarm, policy missing). */
  health(): Promise<readonly string[]>
}
