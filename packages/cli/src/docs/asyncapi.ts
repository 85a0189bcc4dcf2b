import {
  COMMANDS,
  type CommandContract,
  type Contract,
  FACTS,
  FACT_QUEUES,
  type FactContract,
  VALUES,
  type ValueContract,
} from '@surepost/shared/contracts'
import { z } from 'zod'

type Json = Readonly<Record<string, unknown>>

const HEADERS: Json = {
  type: 'object',
  required: ['version'],
  properties: {
    version: { type: 'integer', description: 'of the message’s contract' },
    attempt: { type: 'integer', description: 'number of this attempt; absent: 1' },
    'not-before': { type: 'string', format: 'date-time', description: 'not handled before this instant' },
    traceparent: { type: 'string', description: 'W3C trace context' },
  },
}

const nameOf = (type: string): string => type.replaceAll('.', '-')

const messageOf = ({ type, version, body }: Contract): Json => ({
  name: type,
  title: `${type}, version ${version}`,
  contentType: 'application/json',
  headers: { $ref: '#/components/schemas/Headers' },
  payload: z.toJSONSchema(body, { io: 'output', target: 'draft-7', unrepresentable: 'any', cycles: 'ref' }),
})

const refs = (contracts: readonly Contract[]): Json =>
  Object.fromEntries(contracts.map(({ type }) => [nameOf(type), { $ref: `#/components/messages/${nameOf(type)}` }]))

const SHARD = { shard: { description: 'of the account’s browser-broker' } }

const queueChannels = (contracts: readonly (CommandContract | ValueContract)[]): Json =>
  Object.fromEntries(
    [...Map.groupBy(contracts, ({ queue }) => queue)].map(([queue, inside]) => {
      const sharded = inside.some((contract) => contract.sharded)
      const rungs = [
        ...new Set(inside.flatMap((contract) => (contract.kind === 'command' ? contract.retry.rungs : []))),
      ]
      return [
        nameOf(queue),
        {
          address: sharded ? `${queue}.{shard}` : queue,
          ...(sharded ? { parameters: SHARD } : {}),
          description:
            inside[0]?.kind === 'value'
              ? 'The last word, in a queue of one place.'
              : `Commands. Retried after ${rungs.join(', ') || 'nothing'}, then parked in <queue>.dead.`,
          messages: refs(inside),
        },
      ]
    }),
  )

const factQueues = Object.values(FACT_QUEUES).map(({ queue, sharded }) => (sharded ? `${queue}.<shard>` : queue))

const operationsOf = (channel: string, verb: 'send' | 'receive', contracts: readonly Contract[]): Json => ({
  action: verb,
  channel: { $ref: `#/channels/${channel}` },
  messages: contracts.map(({ type }) => ({ $ref: `#/channels/${channel}/messages/${nameOf(type)}` })),
})

/** The AsyncAPI 3.0 document of every message on RabbitMQ, made from the catalog of contracts. Pure. */
export const asyncApi = (): Json => {
  const queued: readonly (CommandContract | ValueContract)[] = [...COMMANDS, ...VALUES]
  const facts: readonly FactContract[] = FACTS
  const byQueue = [...Map.groupBy(queued, ({ queue }) => queue)]
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Surepost’s messages',
      version: '1',
      description:
        'Every publish is persistent, mandatory and confirmed. The message id is a UUID: a repeat has the same, and is harmless.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    channels: {
      facts: {
        address: 'surepost.facts',
        description: `A topic exchange; the routing key is the fact’s type. Durable queues: ${factQueues.join(', ')}.`,
        messages: refs(facts),
        bindings: { amqp: { is: 'routingKey', exchange: { name: 'surepost.facts', type: 'topic', durable: true } } },
      },
      ...queueChannels(queued),
    },
    operations: {
      emitFacts: operationsOf('facts', 'send', facts),
      recordFacts: operationsOf(
        'facts',
        'receive',
        facts.filter(({ recorded }) => recorded),
      ),
      ...Object.fromEntries(
        byQueue.map(([queue, inside]) => [`${nameOf(queue)}-take`, operationsOf(nameOf(queue), 'receive', inside)]),
      ),
    },
    components: {
      schemas: { Headers: HEADERS },
      messages: Object.fromEntries(
        [...facts, ...queued].map((contract) => [nameOf(contract.type), messageOf(contract)]),
      ),
    },
  }
}
