import { type ApprovedPost, type BodyOf, DeleteSegment, PublishPost } from '@surepost/shared/contracts'
import { DELIVERY_LIMIT } from '../../../../packages/shared/src/messaging/policies.ts'
import type { World } from '../world.ts'
import type { Rabbit } from '../rabbit.ts'

type Work =
  | { readonly type: (typeof PublishPost)['type']; readonly body: ApprovedPost }
  | { readonly type: (typeof DeleteSegment)['type']; readonly body: BodyOf<typeof DeleteSegment> }

/** A command to a poster, as RabbitMQ holds it. */
export type Message = Work & {
  readonly id: string
  readonly attempt: number
  readonly notBefore: number | undefined
  /** How often it came back unacked. */
  readonly returns: number
}

const FIRST = { attempt: 1, notBefore: undefined, returns: 0 } as const

/** A command that is sent for the first time. */
export const publishing = (id: string, body: ApprovedPost, notBefore: Date | null = null): Message => ({
  ...FIRST,
  id,
  type: PublishPost.type,
  body,
  notBefore: notBefore?.getTime(),
})
export const deleting = (id: string, body: BodyOf<typeof DeleteSegment>): Message => ({
  ...FIRST,
  id,
  type: DeleteSegment.type,
  body,
})

export interface Consumer {
  readonly connected: boolean
  take(message: Message): void
}

/** The queues `poster.publish` and `poster.delete`, their rungs and their dead queues. Order means nothing in them. */
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
    say('rabbitmq', () => `parks ${message.type} of post ${message.body.postId} in the dead queue`)
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
