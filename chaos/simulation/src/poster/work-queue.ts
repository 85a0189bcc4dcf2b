import type { ApprovedPost } from '@surepost/shared/contracts'
import { DELIVERY_LIMIT } from '../../../../packages/shared/src/messaging/policies.ts'
import type { World } from '../world.ts'
import type { Rabbit } from '../rabbit.ts'

/** One `post.publish`, as RabbitMQ holds it. */
export interface Message {
  readonly id: string
  readonly body: ApprovedPost
  readonly attempt: number
  readonly notBefore: number | undefined
  /** How often it came back unacked. */
  readonly returns: number
}

export interface Consumer {
  readonly connected: boolean
  take(message: Message): void
}

/** The queue `poster.publish`, its rungs and its dead queue. Order means nothing in it. */
export interface WorkQueue {
  readonly dead: readonly Message[]
  push(message: Message, delayMs?: number): void
  /** It was in the hand of a consumer that was lost. */
  giveBack(message: Message): void
  bury(message: Message): void
  consumers: readonly Consumer[]
  /** A consumer is there again. */
  deliver(): void
}

export const openWorkQueue = (
  { agenda, random, say }: World,
  rabbit: Rabbit,
  onDead: (message: Message) => void,
): WorkQueue => {
  const ready: Message[] = []
  const dead: Message[] = []
  let consumers: readonly Consumer[] = []

  const deliver = (): void => {
    if (!rabbit.up) return
    const there = consumers.filter((c) => c.connected)
    if (there.length === 0) return
    for (const message of ready.splice(0)) random.pick(there).take(message)
  }
  const push = (message: Message, delayMs = 0): void =>
    agenda.after(delayMs + random.tail(3, 1_500), () => {
      ready.push(message)
      deliver()
    })
  const bury = (message: Message): void => {
    dead.push(message)
    say('rabbitmq', () => `parks the command for post ${message.body.postId} in the dead queue`)
    onDead(message)
  }
  rabbit.watch(
    () => {},
    () => agenda.after(random.between(500, 4_000), deliver),
  )
  return {
    dead,
    push,
    bury,
    giveBack(message) {
      const back = { ...message, returns: message.returns + 1 }
      if (back.returns > DELIVERY_LIMIT) bury(back)
      else push(back)
    },
    get consumers() {
      return consumers
    },
    set consumers(these) {
      consumers = these
    },
    deliver,
  }
}
