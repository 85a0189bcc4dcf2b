import { z } from 'zod'
import {
  type CommandContract,
  type Domain,
  FACTS,
  type FactContract,
  RECORDED_FACTS,
  newId,
  queueName,
} from '../contracts/index.ts'
import { ContractError } from '../errors/index.ts'
import { Asks } from './asks.ts'
import { Batcher } from './batches.ts'
import { Consumer } from './consumer.ts'
import { whenToHandle } from './decide.ts'
import { type Envelope, HEADER, decode, encode, issuesOf, jsonBytes, properties } from './envelope.ts'
import { type Inbox, jsonReceiver, openInbox } from './inboxes.ts'
import { type BusOptions, checkOptions } from './options.ts'
import { ANSWER, type Settling } from './settle.ts'
import type { Subscription } from './subscription.ts'
import { FACTS_EXCHANGE, WORK_EXCHANGE, rungName } from './topology.ts'
import { Transport } from './transport.ts'
import type { Bus, Consumption, RecordedFact, Route } from './types.ts'

/** Messages that may wait for a slow receiver of an inbox or a live view; the oldest go first. */
const MOST_WAITING = 10_000

type Running = Consumption & { readonly subscription: Subscription }
type Input<C extends FactContract | CommandContract> = z.input<C['body']>

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
  readonly #asks: Asks
  readonly #running = new Set<Running>()
  readonly #inboxes = new Set<Inbox>()
  readonly #closing = new AbortController()

  constructor(options: BusOptions) {
    this.transport = new Transport(options)
    this.#asks = new Asks(this.transport.consuming, options.log, this.#inboxPrefix('answers'))
  }

  async emit<C extends FactContract>(contract: C, body: Input<C>, options: Parameters<Bus['emit']>[2] = {}): Promise<void> {
    const content = encode(contract, body)
    const envelope = { ...options, headers: { [HEADER.version]: contract.version } }
    await this.transport.publisher.publish(
      // A live view that nobody looks at is no error; a recorded fact without a queue is.
      { exchange: FACTS_EXCHANGE, routingKey: contract.type, content, properties: this.#properties(contract.type, envelope), mandatory: contract.recorded },
      options.signal,
    )
  }

  async send<C extends CommandContract>(contract: C, body: Input<C>, options: Parameters<Bus['send']>[2] = {}): Promise<void> {
    await this.#command(contract, body, options)
  }

  async request<C extends CommandContract>(contract: C, body: Input<C>, options: Parameters<Bus['request']>[2]): Promise<void> {
    await this.#command(contract, body, options)
  }

  async ask<C extends CommandContract, A extends z.ZodType>(
    contract: C,
    body: Input<C>,
    answers: A,
    { timeoutMs, shard, signal }: Parameters<Bus['ask']>[3],
  ): Promise<z.output<A>> {
    const correlationId = newId()
    const send = (replyTo: string, ends: AbortSignal): Promise<void> =>
      this.#command(contract, body, { correlationId, replyTo, signal: ends, ...(shard === undefined ? {} : { shard }) })
    const answer = await this.#asks.ask(correlationId, send, timeoutMs, signal)
    const parsed = answers.safeParse(answer)
    if (!parsed.success) throw new ContractError(`The answer to ${contract.type} is not one: ${issuesOf(parsed.error)}`)
    return parsed.data
  }

  async reply({ replyTo, correlationId }: Parameters<Bus['reply']>[0], body: unknown): Promise<void> {
    await this.transport.publisher.publish({
      exchange: '',
      routingKey: replyTo,
      content: jsonBytes(body),
      properties: this.#properties(ANSWER, { correlationId }),
    })
  }

  async inbox(receive: (body: unknown, correlationId: string) => void): Promise<Inbox> {
    const take = jsonReceiver(this.#log, (body, { properties: { correlationId } }) => receive(body, String(correlationId ?? '')))
    return this.#keepInbox(openInbox({ ...this.#inboxOptions('inbox'), receive: take }))
  }

  async watchFacts(receive: (fact: RecordedFact) => void): Promise<AsyncDisposable> {
    const take = jsonReceiver(this.#log, (_, message) => {
      const contract = FACTS.find(({ type }) => type === message.properties.type)
      const decoded = contract === undefined ? undefined : decode(contract, message)
      if (contract === undefined || decoded?.ok !== true) return this.#log.warn({ id: message.properties.messageId }, 'a fact in a live view could not be read')
      receive({ id: String(message.properties.messageId), type: contract.type, body: decoded.body })
    })
    const bind = async (channel: Parameters<NonNullable<Parameters<typeof openInbox>[0]['bind']>>[0], queue: string): Promise<void> =>
      void (await channel.bindQueue(queue, FACTS_EXCHANGE, '#'))
    return this.#keepInbox(openInbox({ ...this.#inboxOptions('watch'), bind, receive: take }))
  }

  async consume(routes: readonly Route[], { prefetch, shard = 0 }: Parameters<Bus['consume']>[1]): Promise<Consumption> {
    const queues = new Set(routes.map(({ contract }) => (contract.kind === 'command' ? queueName(contract, shard) : contract.type)))
    const [queue] = queues
    if (queue === undefined || queues.size > 1 || routes.some(({ contract }) => contract.kind !== 'command'))
      throw new ContractError(`Routes that are consumed together must be commands of one queue, not of ${[...queues].join(', ') || 'none'}.`)
    return this.#start(new Consumer({ ...this.#settling(queue, 'commands'), routes, prefetch }))
  }

  async consumeFacts(queue: string, routes: readonly Route[], { prefetch }: Parameters<Bus['consumeFacts']>[2]): Promise<Consumption> {
    return this.#start(new Consumer({ ...this.#settling(queue, 'facts'), routes, prefetch }))
  }

  async consumeFactBatches(queue: string, apply: Parameters<Bus['consumeFactBatches']>[1], options: Parameters<Bus['consumeFactBatches']>[2]): Promise<Consumption> {
    return this.#start(new Batcher({ ...this.#settling(queue, 'facts'), ...options, facts: RECORDED_FACTS, apply }))
  }

  async health(): Promise<readonly string[]> {
    const troubles = await this.transport.troubles()
    const consumers = [...this.#running].flatMap(({ subscription }) => subscription.trouble ?? [])
    return this.transport.consuming.held === undefined ? troubles : [...troubles, ...consumers]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new Error('the bus is being closed'))
    await Promise.all([...this.#running].map((one) => one[Symbol.asyncDispose]()))
    await Promise.all([this.#asks.close(), ...[...this.#inboxes].map((one) => one[Symbol.asyncDispose]())])
    await this.transport.close()
  }

  get #log(): BusOptions['log'] {
    return this.transport.options.log
  }

  #properties(type: string, envelope: Envelope): ReturnType<typeof properties> {
    return properties(this.transport.options.service, type, envelope)
  }

  #inboxPrefix(kind: string): string {
    return `surepost.${kind}.${this.transport.options.service}`
  }

  #inboxOptions(kind: string): Pick<Parameters<typeof openInbox>[0], 'link' | 'log' | 'prefix' | 'most'> {
    return { link: this.transport.consuming, log: this.#log, prefix: this.#inboxPrefix(kind), most: MOST_WAITING }
  }

  async #command(contract: CommandContract, body: unknown, options: Parameters<Bus['send']>[2] & { readonly replyTo?: string } = {}): Promise<void> {
    const queue = this.#queueOf(contract, options.shard)
    const content = encode(contract, body)
    const early = whenToHandle(options.notBefore?.getTime(), Date.now())
    const notBefore = early.handle === 'now' ? {} : { [HEADER.notBefore]: options.notBefore?.toISOString() }
    const envelope = { ...options, headers: { [HEADER.version]: contract.version, ...notBefore } }
    await this.transport.publisher.publish(
      {
        exchange: early.handle === 'later' ? rungName('commands', early.rung) : WORK_EXCHANGE,
        routingKey: queue,
        content,
        properties: this.#properties(contract.type, envelope),
      },
      options.signal,
    )
  }

  #queueOf(contract: CommandContract, shard: number | undefined): string {
    const { shards } = this.transport.options
    if (contract.sharded && (shard === undefined || !Number.isInteger(shard) || shard < 0 || shard >= shards))
      throw new ContractError(`${contract.type} is sent to a shard from 0 to ${shards - 1}, not to ${shard ?? 'none'}: use shardOf(account, shards).`)
    return queueName(contract, shard ?? 0)
  }

  #settling(queue: string, domain: Domain): Settling & { readonly link: Transport['consuming']; readonly redeclare: Transport['redeclare'] } {
    const { transport } = this
    const known = transport.topology.queues.some((spec) => spec.role === 'work' && spec.name === queue && spec.domain === domain)
    if (!known) throw new ContractError(`There is no queue ${queue} for ${domain}: queues come from the contracts, for ${transport.options.shards} shard(s).`)
    const { publisher, alerts, metrics, consuming: link } = transport
    const { service, log } = transport.options
    return { queue, domain, service, publisher, alerts, metrics, log, link, redeclare: (connected) => transport.redeclare(connected) }
  }

  async #start(running: Running): Promise<Consumption> {
    this.#running.add(running)
    await running.subscription.ready(this.#closing.signal)
    return running
  }

  async #keepInbox(inbox: Inbox): Promise<Inbox> {
    this.#inboxes.add(inbox)
    await inbox.ready(this.#closing.signal)
    return inbox
  }
}
