import type { Machine } from './machine.ts'
import type { Rabbit } from './rabbit.ts'
import type { World } from './world.ts'

/** A durable queue with one consumer, which takes its messages in order and lets each go when it was dealt with. */
export interface Inbox<T> {
  push(message: T): void
  /** Take what is there; for a consumer that was started or came back. */
  pump(): void
}

/**
 * @param ready whether its consumer has begun to consume
 * @param deal calls back when the message was dealt with and may go
 */
export const openInbox = <T>(
  world: World,
  rabbit: Rabbit,
  machine: Machine,
  ready: () => boolean,
  deal: (message: T, dealt: () => void) => void,
): Inbox<T> => {
  const { random, faults, variant } = world
  const waiting: T[] = []
  /** The life of the consumer in which one is in hand; a later life takes it again. */
  let busyIn = 0

  const take = (): void => {
    busyIn = 0
    if (!rabbit.up || waiting.length === 0) return
    const [message] = waiting
    if (message === undefined) return
    if (variant.ackFirst === true) waiting.shift()
    if (variant.ackFirst === true && !faults.step(machine)) return
    busyIn = machine.life
    deal(message, () => {
      busyIn = 0
      if (variant.ackFirst !== true && faults.step(machine)) waiting.splice(waiting.indexOf(message), 1)
      pump()
    })
  }
  const pump = (): void => {
    if (!machine.up || !ready() || busyIn === machine.life || waiting.length === 0 || !rabbit.up) return
    busyIn = machine.life
    machine.after(random.tail(3, 2_000), take)
  }
  rabbit.watch(() => {}, pump)
  return {
    push(message) {
      waiting.push(message)
      pump()
    },
    pump,
  }
}
