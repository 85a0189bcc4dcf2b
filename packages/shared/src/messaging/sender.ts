import {
  type CommandContract,
  type Contract,
  type FactContract,
  type ValueContract,
  queueName,
} from '../contracts/index.ts'
import { ContractError } from '../errors/index.ts'
import { idsOf } from '../telemetry/context.ts'
import { isTracing, traced } from '../telemetry/spans.ts'
import { whenToHandle } from './decide.ts'
import { type Envelope, HEADER, encode, jsonBytes, properties } from './envelope.ts'
import type { Outgoing } from './pending.ts'
import type { Publisher } from './publisher.ts'
import { ANSWER } from './settle.ts'
import { messagingAttributes } from './spans.ts'
import { FACTS_EXCHANGE, WORK_EXCHANGE, rungName } from './topology.ts'
import type { SendCommandOptions, SendOptions } from './types.ts'

/** Turns facts, commands and answers into messages and publishes them. */
export class Sender {
  readonly #publisher: Publisher
  readonly #service: string
  readonly #shards: number

  constructor(publisher: Publisher, service: string, shards: number) {
    this.#publisher = publisher
    this.#service = service
    this.#shards = shards
  }

  /** @throws ContractError for a body that does not fit, and what `Publisher.publish` throws */
  async fact(contract: FactContract, body: unknown, options: SendOptions): Promise<void> {
    return this.#publish(contract.type, FACTS_EXCHANGE, options, body, () => ({
      exchange: FACTS_EXCHANGE,
      routingKey: contract.type,
      content: encode(contract, body),
      properties: this.#properties(contract, options),
      // A live view that nobody looks at is no error; a recorded fact without a queue is.
      mandatory: contract.recorded,
    }))
  }

  /** @throws ContractError for a body or a shard that does not fit, and what `Publisher.publish` throws */
  async command(
    contract: CommandContract,
    body: unknown,
    options: SendCommandOptions & { readonly replyTo?: string },
  ): Promise<void> {
    const early = whenToHandle(options.notBefore?.getTime(), Date.now())
    const notBefore = early.handle === 'now' ? {} : { [HEADER.notBefore]: options.notBefore?.toISOString() }
    const queue = this.queueOf(contract, options.shard)
    return this.#publish(contract.type, queue, options, body, () => ({
      exchange: early.handle === 'later' ? rungName('commands', early.rung) : WORK_EXCHANGE,
      routingKey: queue,
      content: encode(contract, body),
      properties: this.#properties(contract, { ...options, headers: notBefore }),
    }))
  }

  /** @throws ContractError for a body or a shard that does not fit, and what `Publisher.publish` throws */
  async value(contract: ValueContract, body: unknown, options: Omit<SendCommandOptions, 'notBefore'>): Promise<void> {
    const outgoing = {
      exchange: WORK_EXCHANGE,
      routingKey: this.queueOf(contract, options.shard),
      content: encode(contract, body),
      properties: this.#properties(contract, options),
    }
    return this.#publisher.publish(outgoing, options.signal)
  }

  /** @throws UnroutableError when the asker is gone, and what else `Publisher.publish` throws */
  async answer(replyTo: string, correlationId: string, body: unknown): Promise<void> {
    await this.#publish(ANSWER, 'answers', {}, body, () => ({
      exchange: '',
      routingKey: replyTo,
      content: jsonBytes(body),
      properties: properties(this.#service, ANSWER, { correlationId }),
    }))
  }

  /** Made inside the span that sends it, which is then its parent. */
  #publish(
    type: string,
    destination: string,
    options: SendOptions,
    body: unknown,
    make: () => Outgoing,
  ): Promise<void> {
    if (!isTracing()) return this.#publisher.publish(make(), options.signal)
    const attributes = messagingAttributes(destination, options.id)
    return traced({ name: `send ${type}`, kind: 'producer', attributes, ids: idsOf(body) }, async () =>
      this.#publisher.publish(make(), options.signal),
    )
  }

  #properties({ type, version }: Contract, envelope: Envelope): ReturnType<typeof properties> {
    return properties(this.#service, type, { ...envelope, headers: { ...envelope.headers, [HEADER.version]: version } })
  }

  /** @throws ContractError for a shard that does not exist */
  queueOf(contract: CommandContract | ValueContract, shard: number | undefined): string {
    const { sharded, type } = contract
    if (!sharded) return queueName(contract, 0)
    if (shard !== undefined && Number.isInteger(shard) && shard >= 0 && shard < this.#shards)
      return queueName(contract, shard)
    throw new ContractError(
      `${type} goes to a shard from 0 to ${this.#shards - 1}, not to ${shard ?? 'none'}: use shardOf(account, shards).`,
    )
  }
}
