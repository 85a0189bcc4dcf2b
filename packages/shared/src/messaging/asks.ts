import type { Logger } from 'pino'
import { UnavailableError } from '../errors/index.ts'
import { linkedSignal, within } from '../runtime/deadline.ts'
import { type Inbox, jsonReceiver, openInbox } from './inboxes.ts'
import type { Link } from './link.ts'

/** Questions that may be open at once; more are refused. */
const MOST_OPEN = 1_000

/** One inbox for all answers of this process, opened with the first question. */
export class Asks {
  readonly #link: Link
  readonly #log: Logger
  readonly #prefix: string
  readonly #open = new Map<string, (body: unknown) => void>()
  #inbox: Inbox | undefined

  constructor(link: Link, log: Logger, prefix: string) {
    this.#link = link
    this.#log = log
    this.#prefix = prefix
  }

  /**
   * Ask and wait for the first answer.
   * @param correlationId the question's own, by which the answer is known
   * @param send sends the question, naming the queue for the answer
   * @throws UnavailableError when no answer came within `ms`; whatever `send` throws; the signal's reason
   */
  async ask(
    correlationId: string,
    send: (replyTo: string, signal: AbortSignal) => Promise<void>,
    ms: number,
    signal?: AbortSignal,
  ): Promise<unknown> {
    if (this.#open.size >= MOST_OPEN)
      throw new UnavailableError('rabbitmq', `${MOST_OPEN} questions wait for an answer already.`)
    const over = new AbortController()
    using ends = linkedSignal(over.signal, ...(signal === undefined ? [] : [signal]))
    const answered = Promise.withResolvers<unknown>()
    this.#open.set(correlationId, answered.resolve)
    const exchange = async (): Promise<unknown> => {
      this.#inbox ??= this.#openInbox()
      await this.#inbox.ready(ends.signal)
      await send(this.#inbox.queue, ends.signal)
      return answered.promise
    }
    try {
      return await within(
        exchange(),
        ms,
        () => new UnavailableError('answer', `No answer came within ${ms} ms.`),
        signal,
      )
    } finally {
      over.abort(new Error('the question is closed'))
      this.#open.delete(correlationId)
    }
  }

  async close(): Promise<void> {
    await this.#inbox?.[Symbol.asyncDispose]()
  }

  #openInbox(): Inbox {
    const receive = jsonReceiver(this.#log, (body, { properties }) =>
      this.#open.get(String(properties.correlationId))?.(body),
    )
    return openInbox({ link: this.#link, log: this.#log, prefix: this.#prefix, most: MOST_OPEN, receive })
  }
}
