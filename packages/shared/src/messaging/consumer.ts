import type { Rung } from '../contracts/index.ts'
import { type Ending, lazySignal, pause, within } from '../runtime/deadline.ts'
import { idsOf } from '../telemetry/context.ts'
import { received } from '../telemetry/spans.ts'
import { outcomeOfError, whenToHandle } from './decide.ts'
import {
  HEADER,
  type Headers,
  attemptOf,
  brokenEnvelope,
  decode,
  headersOf,
  isSuspect,
  notBeforeOf,
  sentAtOf,
} from './envelope.ts'
import { Limiter } from './limiter.ts'
import { messagingAttributes } from './spans.ts'
import { type Settling, bury, delay, settleOutcome } from './settle.ts'
import { Subscription, type SubscriptionOptions, type Taken } from './subscription.ts'
import { RUNG_NAMES } from './topology.ts'
import type { Consumption, Delivery, Outcome, Route } from './types.ts'

export type ConsumerOptions = Omit<SubscriptionOptions, 'receive'> & Settling & { readonly routes: readonly Route[] }

/** How long a consumer that is being disposed of waits for its handlers before it hands their messages back. */
export const DRAIN_MS = 15_000

/** Suspects of one life of the process take their turns in random order, begun within this time. */
const SUSPECTS_SPREAD_MS = 1_000

const rungsOf = ({ contract }: Route): readonly Rung[] =>
  contract.kind === 'command' ? contract.retry.rungs : RUNG_NAMES

/**
 * Takes messages one by one and gives each to the route of its type. The ack contract is `Outcome`'s.
 *
 * A message that kills its process comes back with all that were in hand beside it. From the third return on each of
 * them is handled alone, in random order, so that only the one that kills comes back until it is parked.
 */
export class Consumer implements Consumption {
  readonly #options: ConsumerOptions
  readonly #routes: ReadonlyMap<string, Route>
  readonly #stop = new AbortController()
  // Over channels too: handlers that outlive a lost channel count until they have ended.
  readonly #limiter: Limiter
  readonly #inFlight = new Set<Promise<void>>()
  #ended: Promise<void> | undefined
  readonly subscription: Subscription

  constructor(options: ConsumerOptions) {
    this.#options = options
    this.#routes = new Map(options.routes.map((route) => [route.contract.type, route]))
    this.#limiter = new Limiter(options.prefetch)
    this.subscription = new Subscription({ ...options, receive: (taken) => this.#receive(taken) })
  }

  get paused(): boolean {
    return this.subscription.paused
  }

  async pause(): Promise<void> {
    await this.subscription.want(false)
  }

  async resume(): Promise<void> {
    await this.subscription.want(true)
  }

  /** A second call answers with the same promise. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#ended ??= this.#end()
    return this.#ended
  }

  async #end(): Promise<void> {
    this.#stop.abort(new Error(`the consumer of ${this.#options.queue} is being stopped`))
    await this.subscription.want(false).catch(() => {})
    await within(this.#drained(), DRAIN_MS, () => new Error('handlers are still running')).catch((error: unknown) =>
      this.#options.log.warn({ err: error }, 'handing back'),
    )
    await this.subscription.close()
  }

  async #drained(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.allSettled(this.#inFlight)
  }

  #receive(taken: Taken): void {
    const { queue, log } = this.#options
    const work = this.#take(taken)
      // Nothing in here is expected to throw; if it does, the message comes back with the next channel.
      .catch((error: unknown) => log.error({ err: error, queue }, 'a message could not be settled'))
      .finally(() => this.#inFlight.delete(work))
    this.#inFlight.add(work)
  }

  async #take(taken: Taken): Promise<void> {
    const { message } = taken
    // Before its turn: what may kill beside it must not take from it the last time that it can be parked with a reason.
    const broken = brokenEnvelope(message)
    if (broken !== undefined)
      return this.#count(message.properties.type, 'malformed', bury(this.#options, taken, broken))
    using ends = lazySignal(this.#stop.signal, taken.lost)
    const suspect = isSuspect(message)
    // In another order each time, so that those beside the one that kills are done before it in some life or other.
    if (suspect && !(await pause(Math.random() * SUSPECTS_SPREAD_MS, ends.signal))) return taken.handBack()
    using place = await this.#limiter.acquire(ends, suspect ? Infinity : 1)
    if (place === undefined) return taken.handBack()
    await this.#process(taken, ends)
  }

  async #process(taken: Taken, ends: Ending): Promise<void> {
    const { message } = taken
    const route = this.#routes.get(String(message.properties.type))
    if (route === undefined)
      return this.#count('', 'malformed', bury(this.#options, taken, unknownType(message.properties.type)))
    const decoded = decode(route.contract, message)
    if (!decoded.ok) return this.#count(route.contract.type, 'malformed', bury(this.#options, taken, decoded.reason))
    const early = whenToHandle(notBeforeOf(message), Date.now())
    if (early.handle === 'later') return delay(this.#options, taken, early.rung)
    if (early.handle === 'after' && !(await pause(early.ms, ends.signal))) return taken.handBack()
    await this.#run(route, taken, decoded.body, ends)
  }

  async #run(route: Route, taken: Taken, body: unknown, ends: Ending): Promise<void> {
    const delivery = deliveryOf(route, taken, body)
    const { queue, metrics } = this.#options
    metrics.queueWait.observe({ queue }, Math.max(0, Date.now() - delivery.sentAt.getTime()) / 1_000)
    const began = performance.now()
    const outcome = await this.#outcome(route, delivery, headersOf(taken.message), ends)
    metrics.handling.observe({ queue, type: delivery.type }, (performance.now() - began) / 1_000)
    if (outcome === 'interrupted') return this.#count(delivery.type, 'handed_back', taken.handBack())
    if (outcome.kind === 'retry') metrics.retries.inc({ queue, type: delivery.type })
    const standing = { attempt: delivery.attempt, rungs: rungsOf(route), now: Date.now() }
    await this.#count(delivery.type, outcome.kind, settleOutcome(this.#options, taken, outcome, standing))
  }

  async #outcome(
    route: Route,
    delivery: Delivery<unknown>,
    headers: Headers,
    ends: Ending,
  ): Promise<Outcome | 'interrupted'> {
    const { correlationId, type, id, attempt } = delivery
    const span = {
      name: `process ${type}`,
      kind: 'consumer',
      parent: headers[HEADER.traceparent],
      correlationId,
      ids: idsOf(delivery.body),
      attributes: { ...messagingAttributes(this.#options.queue, id), 'surepost.attempt': attempt },
    } as const
    try {
      return await received(span, () => route.run(delivery, ends))
    } catch (error) {
      const outcome = outcomeOfError(error)
      const { log, queue } = this.#options
      log.warn(
        { err: error, queue, id: delivery.id, type: delivery.type, attempt: delivery.attempt, outcome: outcome.kind },
        'a handler threw',
      )
      // Stopped in the middle is not failed: it spends no attempt.
      return ends.aborted && outcome.kind === 'retry' ? 'interrupted' : outcome
    }
  }

  async #count(type: unknown, outcome: string, work: void | Promise<void>): Promise<void> {
    await work
    this.#options.metrics.consumed.inc({
      queue: this.#options.queue,
      type: typeof type === 'string' ? type : '',
      outcome,
    })
  }
}

const unknownType = (type: unknown): string =>
  typeof type === 'string' && type !== '' ? `its type "${type}" has no handler here` : 'it has no type'

const deliveryOf = (route: Route, { message, receivedAt }: Taken, body: unknown): Delivery<unknown> => {
  const { messageId, correlationId, replyTo } = message.properties
  const id = String(messageId)
  const attempt = attemptOf(message)
  return {
    id,
    type: route.contract.type,
    body,
    attempt,
    lastAttempt: attempt > rungsOf(route).length,
    sentAt: sentAtOf(message) ?? new Date(receivedAt),
    correlationId: typeof correlationId === 'string' ? correlationId : id,
    replyTo: typeof replyTo === 'string' && replyTo !== '' ? replyTo : undefined,
  }
}
