import { EventEmitter, once } from 'node:events'
import type { Logger } from 'pino'
import { messageOf } from '../errors/index.ts'
import { aborted, backoffMs, linkedSignal, pause } from '../runtime/deadline.ts'

/** Something that can be lost: `lost` is aborted, with the error, at that moment. */
export interface Held {
  readonly lost: AbortSignal
}

export interface KeeperOptions<H extends Held> {
  /** What is kept, for sentences: "the connection to …". */
  readonly name: string
  readonly log: Logger
  /** Open it, ready for use. The signal is aborted when it is no longer wanted. */
  readonly open: (signal: AbortSignal) => Promise<H>
  /** Let go of what is left of it; called once for everything that was opened. Must not throw. */
  readonly release: (held: H) => Promise<void>
  readonly onUp?: (held: H) => void
  readonly onDown?: (held: H, reason: unknown) => void
}

/**
 * Tries lie between these. What is opened here is all that work waits for when RabbitMQ is back, and a try that is refused costs
 * next to nothing: so the longest wait is short, and its jitter keeps many processes apart.
 */
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 1_000
/** Of the failures in a row, the first few and then every so many are told. */
const TOLD_EVERY = 10

/** Held this long counts as healthy: the next failure starts with a short delay again. */
const STABLE_MS = 5_000

/** Keeps one thing open: opens it again after every loss, with backoff and jitter, until it is stopped. */
export class Keeper<H extends Held> {
  readonly #options: KeeperOptions<H>
  readonly #stop = new AbortController()
  readonly #events = new EventEmitter().setMaxListeners(0)
  readonly #loop: Promise<void>
  #held: H | undefined
  #trouble: string | undefined

  constructor(options: KeeperOptions<H>) {
    this.#options = options
    this.#loop = this.#run()
  }

  get held(): H | undefined {
    return this.#held
  }

  /** Why it is not open; undefined while it is, before the first try has ended, and after `stop`. */
  get trouble(): string | undefined {
    return this.#stop.signal.aborted ? undefined : this.#trouble
  }

  /** Waits until it is open. @throws the signal's reason, or an error when it is stopped */
  async available(signal?: AbortSignal): Promise<H> {
    using ends = linkedSignal(this.#stop.signal, ...(signal === undefined ? [] : [signal]))
    while (this.#held === undefined) {
      ends.signal.throwIfAborted()
      await once(this.#events, 'up', { signal: ends.signal }).catch(() => ends.signal.throwIfAborted())
    }
    return this.#held
  }

  /** Keep it no longer; resolves when it was released. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error(`${this.#options.name} was closed`))
    await this.#loop
  }

  async #run(): Promise<void> {
    const { name, log } = this.#options
    let failures = 0
    while (!this.#stop.signal.aborted) {
      const since = Date.now()
      const reason = await this.#once()
      if (this.#stop.signal.aborted) return
      failures = Date.now() - since > STABLE_MS ? 1 : failures + 1
      const delay = Math.round(backoffMs(failures, FIRST_WAIT_MS, LONGEST_WAIT_MS))
      this.#trouble = `${name} is not there: ${messageOf(reason)}. It is tried again by itself.`
      const level = failures < TOLD_EVERY || failures % TOLD_EVERY === 0 ? 'warn' : 'debug'
      log[level]({ failures, retryInMs: delay }, this.#trouble)
      await pause(delay, this.#stop.signal)
    }
  }

  /** One life: returns why it ended. */
  async #once(): Promise<unknown> {
    const { name, log, open, release, onUp, onDown } = this.#options
    let held: H
    try {
      held = await open(this.#stop.signal)
    } catch (error) {
      return error
    }
    this.#held = held
    if (this.#trouble !== undefined) log.info(`${name} is there again`)
    this.#trouble = undefined
    onUp?.(held)
    this.#events.emit('up')
    using ends = linkedSignal(held.lost, this.#stop.signal)
    await aborted(ends.signal)
    this.#held = undefined
    onDown?.(held, held.lost.reason)
    await release(held)
    return held.lost.reason
  }
}
