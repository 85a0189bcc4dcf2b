import type { Channel, GetMessage } from 'amqplib'
import { AlertCleared, newId } from '../contracts/index.ts'
import { ContractError } from '../errors/index.ts'
import { pause } from '../runtime/deadline.ts'
import { deadLetterAlert } from './alerts.ts'
import { type Connected, rpc } from './connection.ts'
import { countDeadLetters, countOf, onChannel } from './dead-queues.ts'
import { HEADER, attemptOf, copyProperties, headersOf } from './envelope.ts'
import { type BusOptions, checkOptions } from './options.ts'
import { Sender } from './sender.ts'
import { DEAD } from './settle.ts'
import { WORK_EXCHANGE, deadQueue } from './topology.ts'
import { Transport } from './transport.ts'
import type { DeadLetterCount } from './types.ts'

/** One parked message, with everything that is known of why. */
export interface DeadLetter {
  readonly id: string
  readonly type: string
  /** The queue that it was parked from. */
  readonly queue: string
  readonly reason: string
  readonly stack: string | undefined
  /** Number of the attempt at which it was parked. */
  readonly attempts: number
  /** ISO instants; undefined where the broker itself parked it, or the sender gave no time. */
  readonly at: string | undefined
  readonly firstSeen: string | undefined
  readonly correlationId: string | undefined
  /** The original bytes. */
  readonly content: Buffer
}

/** Which letters of a queue: one by its message id, or all that are there at the moment. */
export type Which = { readonly id: string } | 'all'

/**
 * A person's view of the dead queues. `queue` is always the queue of origin, such as `poster.publish.0`. Calls take
 * turns: a letter that one of them looks at is not there for another.
 */
export interface DeadLetters extends AsyncDisposable {
  /** Every queue of origin that there is. */
  readonly queues: readonly string[]
  /** How many letters every queue has, zero included. */
  counts(): Promise<readonly DeadLetterCount[]>
  /** The oldest letters, which stay where they are. */
  list(queue: string, limit: number): Promise<readonly DeadLetter[]>
  get(queue: string, id: string): Promise<DeadLetter | undefined>
  /** Send them to their queue again as first attempts, with their own ids. Returns how many. */
  replay(queue: string, which: Which): Promise<number>
  /**
   * Send another body in place of a letter's own, as a first attempt of a new message that names the letter. The letter
   * itself stays where it is. Returns the new message's id; undefined: there is no such letter.
   */
  replayEdited(queue: string, id: string, edited: Edited): Promise<string | undefined>
  /** Throw them away. Returns how many. */
  discard(queue: string, which: Which): Promise<number>
}

/** What is sent in place of a letter: JSON bytes, and the version of the contract that they keep. */
export interface Edited {
  readonly content: Buffer
  readonly version: number
}

/** Most letters that are looked through for one; they are held, unacked, meanwhile. */
const MOST_SEEN = 50_000

/** What was looked at comes back in any order, so the oldest are found by looking at more than are asked for. */
const LEAST_SEEN = 1_000
const byAge = (a: DeadLetter, b: DeadLetter): number =>
  (a.at ?? '').localeCompare(b.at ?? '') || a.id.localeCompare(b.id)

/** A quorum queue takes this long, at most, to show what was handed back to it. */
const PUT_BACK_MS = 1_000
const PUT_BACK_EVERY_MS = 20

type Visit = (message: GetMessage) => Promise<'leave' | 'take' | 'stop'>

/**
 * Open the dead queues on connections of their own.
 * @throws ConfigError for options that cannot be used; every operation throws ContractError for a queue that does not
 *   exist and UnavailableError when RabbitMQ does not answer
 */
export const openDeadLetters = async (options: BusOptions): Promise<DeadLetters> => {
  checkOptions(options)
  const transport = new Transport(options)
  try {
    await transport.connected(options.scope?.signal)
    return deadLettersOn(transport)
  } catch (error) {
    await transport.close()
    throw error
  }
}

const deadLettersOn = (transport: Transport): DeadLetters => {
  const known = transport.topology.queues.filter(({ role }) => role === 'work').map(({ name }) => name)
  const check = (queue: string): void => {
    if (!known.includes(queue))
      throw new ContractError(`There is no queue "${queue}". Queues with dead letters can be: ${known.join(', ')}.`)
  }
  const list = async (queue: string, limit: number, wanted: (letter: DeadLetter) => boolean): Promise<DeadLetter[]> => {
    check(queue)
    const letters: DeadLetter[] = []
    const most = Math.max(limit, LEAST_SEEN)
    await walk(transport, queue, async (message) => {
      const letter = letterOf(queue, message)
      if (wanted(letter)) letters.push(letter)
      return letters.length < most ? 'leave' : 'stop'
    })
    return letters.sort(byAge).slice(0, limit)
  }
  const take = async (queue: string, which: Which, before: (message: GetMessage) => Promise<void>): Promise<number> => {
    check(queue)
    const taken = await walk(transport, queue, async (message) => {
      if (which !== 'all' && message.properties.messageId !== which.id) return 'leave'
      await before(message)
      return 'take'
    })
    if (taken > 0) await clearAlert(transport, queue)
    return taken
  }
  const replayEdited = async (queue: string, id: string, { content, version }: Edited): Promise<string | undefined> => {
    check(queue)
    let sent: string | undefined
    await walk(transport, queue, async (message) => {
      if (message.properties.messageId !== id) return 'leave'
      sent = newId()
      const headers = { ...CLEAN, [HEADER.version]: version, [HEADER.editedFrom]: id }
      await send(transport, queue, content, {
        ...copyProperties(message, headers),
        messageId: sent,
        contentType: 'application/json',
      })
      return 'stop'
    })
    return sent
  }
  const turn = takingTurns()
  return {
    queues: known,
    counts: () => turn(() => countDeadLetters(transport)),
    list: (queue, limit) => turn(() => list(queue, limit, () => true)),
    get: async (queue, id) => (await turn(() => list(queue, 1, (letter) => letter.id === id)))[0],
    replay: (queue, which) => turn(() => take(queue, which, (message) => replay(transport, queue, message))),
    replayEdited: (queue, id, edited) => turn(() => replayEdited(queue, id, edited)),
    discard: (queue, which) => turn(() => take(queue, which, async () => {})),
    [Symbol.asyncDispose]: () => transport.close(),
  }
}

/** Runs one work after another, in the order in which they came, whatever becomes of those before. */
const takingTurns = (): (<T>(work: () => Promise<T>) => Promise<T>) => {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work)
    last = mine.catch(() => {})
    return mine
  }
}

/**
 * Visit the letters, each once; returns how many were taken. Those parked after the walk began are left
 * out: a letter that is replayed and parked again must not be replayed for ever.
 */
const walk = (transport: Transport, queue: string, visit: Visit): Promise<number> =>
  onChannel(transport, async (channel, connected) => {
    const began = Date.now()
    let taken = 0
    let left = 0
    while (taken + left < MOST_SEEN) {
      const message = await rpc(connected, 'reading a dead letter', channel.get(deadQueue(queue)))
      if (message === false) break
      const verdict = parkedAfter(message, began) ? 'leave' : await visit(message)
      if (verdict === 'take') {
        channel.ack(message)
        taken += 1
      } else left += 1
      if (verdict === 'stop') break
    }
    if (left > 0) await putBack(channel, connected, queue, left)
    return taken
  })

const parkedAfter = (message: GetMessage, began: number): boolean =>
  Date.parse(String(headersOf(message)[DEAD.at])) > began

/** Hand back what was left, and wait until it is there again, so that whoever looks next finds it. */
const putBack = async (channel: Channel, connected: Connected, queue: string, left: number): Promise<void> => {
  channel.nackAll(true)
  for (let waited = 0; waited < PUT_BACK_MS; waited += PUT_BACK_EVERY_MS) {
    const { messages } = await rpc(connected, 'counting dead letters', countOf(channel, queue))
    if (messages >= left) return
    await pause(PUT_BACK_EVERY_MS)
  }
}

const CLEAN = Object.fromEntries(
  [...Object.values(DEAD), HEADER.attempt, HEADER.notBefore].map((name) => [name, undefined]),
)

const send = (
  { publisher }: Transport,
  queue: string,
  content: Buffer,
  properties: ReturnType<typeof copyProperties>,
): Promise<void> => publisher.publish({ exchange: WORK_EXCHANGE, routingKey: queue, content, properties })

/** A confirmed copy to the queue of origin; the letter is acked after it. */
const replay = (transport: Transport, queue: string, message: GetMessage): Promise<void> =>
  send(transport, queue, message.content, copyProperties(message, CLEAN))

/** Whoever empties a dead queue clears its alert. */
const clearAlert = async (transport: Transport, queue: string): Promise<void> => {
  const { messages } = await onChannel(transport, (channel) => countOf(channel, queue))
  if (messages > 0) return
  const { service, shards } = transport.options
  const body = { at: new Date().toISOString(), key: deadLetterAlert(queue) }
  await new Sender(transport.publisher, service, shards).fact(AlertCleared, body, {})
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const letterOf = (queue: string, message: GetMessage): DeadLetter => {
  const headers = headersOf(message)
  const { messageId, type, correlationId } = message.properties
  return {
    id: text(messageId) ?? '',
    type: text(type) ?? '',
    queue,
    reason: text(headers[DEAD.reason]) ?? brokersReason(message),
    stack: text(headers[DEAD.stack]),
    attempts: attemptOf(message),
    at: text(headers[DEAD.at]),
    firstSeen: text(headers[DEAD.firstSeen]),
    correlationId: text(correlationId),
    content: message.content,
  }
}

/** Messages that the broker parked by itself carry no reason of ours. */
const brokersReason = ({ properties }: GetMessage): string => {
  const reason: unknown = properties.headers?.['x-death']?.[0]?.reason
  if (reason === 'delivery_limit') return 'RabbitMQ parked it: it came back too often without an answer'
  return typeof reason === 'string' ? `RabbitMQ parked it: ${reason}` : 'not known: it was put there by hand'
}
