import type { FactContract } from '../contracts/index.ts'
import { linkedSignal, pause, within } from '../runtime/deadline.ts'
import { applyTraced } from './batch-spans.ts'
import { DRAIN_MS } from './consumer.ts'
import { outcomeOfError, whenToHandle } from './decide.ts'
import { attemptOf, brokenEnvelope, decode, isSuspect, notBeforeOf, sentAtOf } from './envelope.ts'
import { type Entry, nextBatch } from './next-batch.ts'
import { type Settling, bury, delay, settleOutcome } from './settle.ts'
import { Subscription, type SubscriptionOptions, type Taken } from './subscription.ts'
import { RUNG_NAMES } from './topology.ts'
import {
  type BatchOptions,
  type Consumption,
  type HandlerContext,
  type Outcome,
  type QueuedFact,
  done,
  snooze,
} from './types.ts'

type ApplyFacts = (batch: readonly QueuedFact[], context: HandlerContext) => Promise<readonly Outcome[]>

export interface BatcherOptions extends Omit<SubscriptionOptions, 'receive' | 'prefetch'>, Settling, BatchOptions {
  readonly facts: readonly FactContract[]
  readonly apply: ApplyFacts
  /** How long a batch may be in hand; below RabbitMQ's consumer_timeout of 30 minutes. */
  readonly holdMs?: number
  /** How long facts rest that were in hand too long. */
  readonly heldRestMs?: number
}

const HOLD_MS = 25 * 60_000
const HELD_REST_MS = 30_000

/** Batches that are applied at a time: while the database works on one, the next one is on its way to it. */
const AT_ONCE = 2

/**
 * Takes facts in batches in the order of arrival, two of them at a time. A batch stays in hand, unacked, for as long as
 * `apply` takes; close to RabbitMQ's consumer_timeout it is put aside with confirmed copies, which, other than closing
 * the channel, spends none of its returns: an outage of any length moves no fact to the dead queue.
 */
export class Batcher implements Consumption {
  readonly #options: BatcherOptions
  readonly #contracts: ReadonlyMap<string, FactContract>
  readonly #stop = new AbortController()
  readonly #aside = new Set<Promise<void>>()
  readonly #loop: Promise<void>
  #buffer: Entry[] = []
  #arrived = Promise.withResolvers<void>()
  #ended: Promise<void> | undefined
  readonly subscription: Subscription

  constructor(options: BatcherOptions) {
    this.#options = options
    this.#contracts = new Map(options.facts.map((fact) => [fact.type, fact]))
    // Batches being applied, and one being collected.
    this.subscription = new Subscription({
      ...options,
      prefetch: options.max * (AT_ONCE + 1),
      receive: (taken) => this.#receive(taken),
    })
    this.#loop = this.#run()
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
    this.#arrived.resolve()
    await this.subscription.want(false).catch(() => {})
    const drained = Promise.all([this.#loop, Promise.allSettled(this.#aside)])
    await within(drained, DRAIN_MS, () => new Error('a batch is still being applied')).catch((error: unknown) =>
      this.#options.log.warn({ err: error }, 'handing back'),
    )
    await this.subscription.close()
  }

  #receive(taken: Taken): void {
    const { message } = taken
    const broken = brokenEnvelope(message)
    const contract = this.#contracts.get(String(message.properties.type))
    if (broken !== undefined || contract === undefined) {
      this.#asideFrom(
        bury(this.#options, taken, broken ?? `its type "${String(message.properties.type)}" is not a recorded fact`),
      )
      return
    }
    const early = whenToHandle(notBeforeOf(message), Date.now())
    if (early.handle === 'later') return this.#asideFrom(delay(this.#options, taken, early.rung))
    const decoded = decode(contract, message)
    if (!decoded.ok) return this.#asideFrom(bury(this.#options, taken, decoded.reason))
    const fact = {
      id: String(message.properties.messageId),
      type: contract.type,
      body: decoded.body,
      sentAt: sentAtOf(message) ?? new Date(taken.receivedAt),
      bytes: message.content.length,
    }
    const entry = { taken, fact }
    if (early.handle === 'now') this.#collect(entry)
    else this.#asideFrom(pause(early.ms, taken.lost).then(() => this.#collect(entry)))
  }

  #collect(entry: Entry): void {
    // Those of lost channels go with the next batch; while one is applied for long they must not pile up.
    if (this.#buffer.length >= this.#options.max * 2)
      this.#buffer = this.#buffer.filter(({ taken }) => !taken.lost.aborted)
    this.#buffer.push(entry)
    this.#arrived.resolve()
  }

  #asideFrom(work: Promise<void>): void {
    const { log, queue } = this.#options
    const tracked = work
      .catch((error: unknown) => log.error({ err: error, queue }, 'a fact could not be put aside'))
      .finally(() => this.#aside.delete(tracked))
    this.#aside.add(tracked)
  }

  async #run(): Promise<void> {
    const applying = new Set<Promise<void>>()
    while (!this.#stop.signal.aborted) {
      await this.#filled()
      if (applying.size === AT_ONCE) await Promise.race(applying)
      const [batch, rest] = nextBatch(this.#buffer, this.#options.max)
      const alone = batch.some(({ taken }) => isSuspect(taken.message))
      // What may end the process is applied while nothing else is: nothing else may be blamed for it.
      if (alone && applying.size > 0) {
        await Promise.all(applying)
        continue
      }
      this.#buffer = rest
      if (batch.length === 0 || this.#stop.signal.aborted) continue
      const work = this.#apply(batch).finally(() => applying.delete(work))
      applying.add(work)
      if (alone) await work
    }
    await Promise.all(applying)
  }

  /** Waits until a batch is full or its first fact has waited `lingerMs`. */
  async #filled(): Promise<void> {
    const { max, lingerMs } = this.#options
    while (!this.#stop.signal.aborted) {
      const [first] = this.#buffer
      const left = first === undefined ? undefined : first.taken.receivedAt + lingerMs - Date.now()
      if (this.#buffer.length >= max || (left !== undefined && left <= 0)) return
      this.#arrived = Promise.withResolvers<void>()
      await (left === undefined
        ? this.#arrived.promise
        : Promise.race([this.#arrived.promise, pause(left, this.#stop.signal)]))
    }
  }

  async #apply(batch: readonly Entry[]): Promise<void> {
    const { apply, queue, metrics, holdMs = HOLD_MS } = this.#options
    const held = new AbortController()
    const oldest = Math.min(...batch.map(({ taken }) => taken.receivedAt))
    const timer = setTimeout(() => this.#putAside(batch, held), Math.max(0, oldest + holdMs - Date.now()))
    using ends = linkedSignal(this.#stop.signal, held.signal, ...new Set(batch.map(({ taken }) => taken.lost)))
    const end = metrics.handling.startTimer({ queue, type: 'batch' })
    const outcomes = await applyTraced(queue, batch, () => outcomesOf(apply, batch, ends.signal))
    end()
    clearTimeout(timer)
    if (held.signal.aborted) return
    await this.#settle(batch, outcomes)
  }

  /** Copies of everything in hand to a rung, no attempt spent, before RabbitMQ would close the channel over it. */
  #putAside(batch: readonly Entry[], held: AbortController): void {
    held.abort(new Error('the batch was in hand too long and was put aside'))
    const until = new Date(Date.now() + (this.#options.heldRestMs ?? HELD_REST_MS))
    this.#options.log.warn(
      { queue: this.#options.queue, facts: batch.length },
      'a batch was in hand too long and is put aside',
    )
    const all = [...batch, ...this.#buffer.splice(0)]
    this.#asideFrom(
      this.#settle(
        all,
        all.map(() => snooze(until, 'in hand too long')),
      ),
    )
  }

  async #settle(batch: readonly Entry[], outcomes: readonly (Outcome | 'interrupted')[]): Promise<void> {
    const { metrics, queue } = this.#options
    const now = Date.now()
    await Promise.all(
      batch.map(async ({ taken, fact }, i) => {
        const outcome = outcomes[i] ?? done
        if (outcome === 'interrupted') return taken.handBack()
        metrics.consumed.inc({ queue, type: fact.type, outcome: outcome.kind })
        const standing = { attempt: attemptOf(taken.message), rungs: RUNG_NAMES, now }
        await settleOutcome(this.#options, taken, outcome, standing)
      }),
    )
  }
}

/** One outcome per fact, whatever `apply` does. */
const outcomesOf = async (
  apply: ApplyFacts,
  batch: readonly Entry[],
  signal: AbortSignal,
): Promise<readonly (Outcome | 'interrupted')[]> => {
  try {
    const outcomes = await apply(
      batch.map(({ fact }) => fact),
      { signal },
    )
    if (outcomes.length === batch.length) return outcomes
    throw new Error(`apply answered ${outcomes.length} outcomes for ${batch.length} facts`)
  } catch (error) {
    const outcome = outcomeOfError(error)
    return batch.map(() => (signal.aborted && outcome.kind === 'retry' ? 'interrupted' : outcome))
  }
}
