/** How to tell RabbitMQ that deliveries are done with: one frame for all up to a tag, and one each for the rest. */
export interface AckFrames {
  readonly upTo: number | undefined
  readonly single: readonly number[]
}

/** The fewest frames that ack `done` and nothing that is still in hand; `lowest` is the oldest delivery in hand. */
export const ackFrames = (done: readonly number[], lowest: number | undefined): AckFrames => {
  const below = done.filter((tag) => lowest === undefined || tag < lowest)
  const upTo = below.length === 0 ? undefined : below.reduce((most, tag) => Math.max(most, tag))
  return { upTo, single: done.filter((tag) => upTo === undefined || tag > upTo) }
}

/**
 * The deliveries of one channel that are in hand. Acks are gathered for one turn of the event loop: at full speed a frame
 * for each would cost RabbitMQ and us more than the rest of the message.
 */
export class InHand {
  /** In the order of delivery, so that the first is the lowest. */
  readonly #tags = new Set<number>()
  readonly #ack: (tag: number, allUpTo: boolean) => void
  readonly #onTurn: (count: number) => void
  #done: number[] = []
  #turn: NodeJS.Immediate | undefined

  /**
   * @param ack sends one frame
   * @param onTurn called with the number in hand, once for all changes of a turn
   */
  constructor(ack: (tag: number, allUpTo: boolean) => void, onTurn: (count: number) => void) {
    this.#ack = ack
    this.#onTurn = onTurn
  }

  take(tag: number): void {
    this.#tags.add(tag)
    this.#later()
  }

  /** Whether it was in hand until now. */
  release(tag: number): boolean {
    this.#later()
    return this.#tags.delete(tag)
  }

  /** It is done with: acked at the end of this turn. */
  ack(tag: number): void {
    if (this.release(tag)) this.#done.push(tag)
  }

  /** Send the acks that were gathered. */
  flush(): void {
    if (this.#turn !== undefined) clearImmediate(this.#turn)
    this.#turn = undefined
    const done = this.#done
    this.#done = []
    const [lowest] = this.#tags
    const { upTo, single } = ackFrames(done, lowest)
    if (upTo !== undefined) this.#ack(upTo, true)
    for (const tag of single) this.#ack(tag, false)
    this.#onTurn(this.#tags.size)
  }

  #later(): void {
    this.#turn ??= setImmediate(() => this.flush())
  }
}
