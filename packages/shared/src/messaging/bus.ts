import type { z } from 'zod'
import {
  type CommandContract,
  type Domain,
  type FactContract,
  type InputOf,
  RECORDED_FACTS,
  type BodyOf,
  type ValueContract,
  newId,
  queueName,
} from '../contracts/index.ts'
import { tellBreakers } from '../alerts/tell-breakers.ts'
import { ContractError } from '../errors/index.ts'
import { linkedSignal } from '../runtime/deadline.ts'
import { Asks } from './asks.ts'
import { Batcher } from './batches.ts'
import { Consumer } from './consumer.ts'
import { countDeadLetters, countTakers, countWaiting } from './dead-queues.ts'
import { issuesOf } from './envelope.ts'
import { type Inbox, type InboxOptions, jsonReceiver, openInbox } from './inboxes.ts'
import type { Link } from './link.ts'
import { lastValue } from './last-value.ts'
import { type BusOptions, checkOptions } from './options.ts'
import { Sender } from './sender.ts'
import type { Settling } from './settle.ts'
import type { Subscription } from './subscription.ts'
import { Transport } from './transport.ts'
import type {
  AskOptions,
  BatchOptions,
  Bus,
  BusTrouble,
  Consumption,
  DeadLetterCount,
  HandlerContext,
  OfShard,
  Outcome,
  QueuedFact,
  RecordedFact,
  Route,
  SendCommandOptions,
  SendOptions,
} from './types.ts'
import { ofFacts } from './watch.ts'

/** Messages that may wait for a slow receiver of an inbox or a live view; the oldest go first. */
const MOST_WAITING = 10_000

type Running = Consumption & { readonly subscription: Subscription }

/**
 * Connect to RabbitMQ and declare the topology. Resolves after the first connection; until then it is tried again with
 * backoff, which `scope`'s readiness shows.
 * @throws ConfigError for options that cannot be used; the reason of `scope.signal` when that ends the waiting
 */
export const connectBus = async (options: BusOptions): Promise<Bus> => {
  checkOptions(options)
  const bus = new RabbitBus(options)
  options.scope?.readyWhen(() => bus.health())
  try {
    await bus.transport.connected(options.scope?.signal)
    return bus
  } catch (error) {
    await bus[Symbol.asyncDispose]()
    throw error
  }
}

class RabbitBus implements Bus {
  readonly transport: Transport
  readonly #options: BusOptions
  readonly #sender: Sender
  readonly #asks: Asks
  readonly #running = new Set<Running>()
  readonly #inboxes = new Set<Inbox>()
  readonly #closing = new AbortController()

  constructor(options: BusOptions) {
    const { service, shards, log } = options
    this.#options = options
    const told = tellBreakers({ bus: this, log, service })
    this.transport = new Transport({ onBreaker: told, ...options })
    this.#sender = new Sender(this.transport.publisher, service, shards)
    this.#asks = new Asks(this.transport.consuming, log, `surepost.answers.${service}`)
  }

  async emit<C extends FactContract>(contract: C, body: InputOf<C>, options: SendOptions = {}): Promise<void> {
    return this.#sender.fact(contract, body, options)
  }

  async send<C extends CommandContract>(
    contract: C,
    body: InputOf<C>,
    options: SendCommandOptions = {},
  ): Promise<void> {
    return this.#sender.command(contract, body, options)
  }

  async keep<C extends ValueContract>(
    contract: C,
    body: InputOf<C>,
    options: SendOptions & OfShard = {},
  ): Promise<void> {
    await this.#sender.value(contract, body, options)
  }

  async kept<C extends ValueContract>(
    contract: C,
    { shard, signal }: OfShard & { readonly signal?: AbortSignal } = {},
  ): Promise<BodyOf<C> | undefined> {
    const queue = this.#sender.queueOf(contract, shard)
    // Decoded by this very contract.
    return (await lastValue(this.transport.consuming, queue, contract, signal)) as BodyOf<C> | undefined
  }

  async request<C extends CommandContract>(
    contract: C,
    body: InputOf<C>,
    options: SendCommandOptions & { readonly replyTo: string; readonly correlationId: string },
  ): Promise<void> {
    return this.#sender.command(contract, body, options)
  }

  async ask<C extends CommandContract, A extends z.ZodType>(
    contract: C,
    body: InputOf<C>,
    answers: A,
    { timeoutMs, signal, ...shard }: AskOptions,
  ): Promise<z.output<A>> {
    const correlationId = newId()
    const send = (replyTo: string, ends: AbortSignal): Promise<void> =>
      this.#sender.command(contract, body, { ...shard, correlationId, replyTo, signal: ends })
    const parsed = answers.safeParse(await this.#asks.ask(correlationId, send, timeoutMs, signal))
    if (parsed.success) return parsed.data
    throw new ContractError(`The answer to ${contract.type} is not one: ${issuesOf(parsed.error)}`)
  }

  async reply(to: { readonly replyTo: string; readonly correlationId: string }, body: unknown): Promise<void> {
    await this.#sender.answer(to.replyTo, to.correlationId, body)
  }

  async inbox(receive: (body: unknown, correlationId: string) => void): Promise<Inbox> {
    const { log } = this.#options
    return this.#keepInbox('inbox', {
      receive: jsonReceiver(log, (body, { properties }) => receive(body, String(properties.correlationId ?? ''))),
    })
  }

  async watchFacts(receive: (fact: RecordedFact) => void, only?: readonly FactContract[]): Promise<AsyncDisposable> {
    return this.#keepInbox('watch', ofFacts(this.#options.log, receive, only))
  }

  async consume(
    routes: readonly Route[],
    { prefetch, shard = 0 }: { readonly prefetch: number; readonly shard?: number },
  ): Promise<Consumption> {
    const queues = new Set(routes.map((route) => queueOf(route, shard)))
    const [queue] = queues
    if (queue !== undefined && queues.size === 1)
      return this.#start(new Consumer({ ...this.#settling(queue, 'commands'), routes, prefetch }))
    throw new ContractError(
      `Routes that are consumed together must be commands of one queue, not of ${[...queues].join(', ') || 'none'}.`,
    )
  }

  async consumeFacts(
    queue: string,
    routes: readonly Route[],
    { prefetch }: { readonly prefetch: number },
  ): Promise<Consumption> {
    return this.#start(new Consumer({ ...this.#settling(queue, 'facts'), routes, prefetch }))
  }

  async consumeFactBatches(
    queue: string,
    apply: (batch: readonly QueuedFact[], context: HandlerContext) => Promise<readonly Outcome[]>,
    options: BatchOptions,
  ): Promise<Consumption> {
    return this.#start(new Batcher({ ...this.#settling(queue, 'facts'), ...options, facts: RECORDED_FACTS, apply }))
  }

  async deadLetters(): Promise<readonly DeadLetterCount[]> {
    return countDeadLetters(this.transport)
  }

  async waiting(queues: readonly string[]): Promise<readonly DeadLetterCount[]> {
    return countWaiting(this.transport, queues)
  }

  async takers(queues: readonly string[]): Promise<readonly number[]> {
    return countTakers(this.transport, queues)
  }

  trouble(): BusTrouble | undefined {
    return this.transport.trouble()
  }

  async health(): Promise<readonly string[]> {
    const troubles = await this.transport.troubles()
    if (this.transport.consuming.held === undefined) return troubles
    return [...troubles, ...[...this.#running].flatMap(({ subscription }) => subscription.trouble ?? [])]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error('the bus is being closed'))
    await Promise.all([...this.#running].map((one) => one[Symbol.asyncDispose]()))
    await Promise.all([this.#asks.close(), ...[...this.#inboxes].map((one) => one[Symbol.asyncDispose]())])
    await this.transport.close()
  }

  #settling(
    queue: string,
    domain: Domain,
  ): Settling & { readonly link: Link; readonly redeclare: Transport['redeclare'] } {
    const { publisher, alerts, metrics, consuming, topology } = this.transport
    const { service, log, shards } = this.#options
    const known = topology.queues.some((spec) => spec.role === 'work' && spec.name === queue && spec.domain === domain)
    if (!known)
      throw new ContractError(`There is no queue ${queue} for ${domain} in an installation of ${shards} shard(s).`)
    const redeclare: Transport['redeclare'] = (connected) => this.transport.redeclare(connected)
    return { queue, domain, service, publisher, alerts, metrics, log, link: consuming, redeclare }
  }

  async #start(running: Running): Promise<Consumption> {
    this.#running.add(running)
    // All of a service's consumers stop as soon as it does, not one after the other; what becomes of it is told to whoever disposes.
    const stop = (): void => void Promise.resolve(running[Symbol.asyncDispose]()).catch(() => {})
    this.#options.scope?.signal.addEventListener('abort', stop, { once: true })
    await this.#untilClosed((signal) => running.subscription.ready(signal))
    return running
  }

  /** Waiting for RabbitMQ ends with the bus, and with the service: a start that waits must not hold up its own stop. */
  async #untilClosed(wait: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { scope } = this.#options
    using ends = linkedSignal(this.#closing.signal, ...(scope === undefined ? [] : [scope.signal]))
    await wait(ends.signal)
  }

  async #keepInbox(kind: string, options: Pick<InboxOptions, 'receive' | 'bind'>): Promise<Inbox> {
    const { log, service } = this.#options
    const prefix = `surepost.${kind}.${service}`
    const inbox = openInbox({ ...options, link: this.transport.consuming, log, prefix, most: MOST_WAITING })
    this.#inboxes.add(inbox)
    await this.#untilClosed((signal) => inbox.ready(signal))
    return inbox
  }
}

/** A fact among the routes gives a second name, so that it is refused with the queues that differ. */
const queueOf = ({ contract }: Route, shard: number): string =>
  contract.kind === 'command' ? queueName(contract, shard) : `the fact ${contract.type}`
