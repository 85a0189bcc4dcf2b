import { DeleteSegment, PublishPost, RUNGS } from '@surepost/shared/contracts'
import { UnavailableError } from '@surepost/shared/errors'
import type { Outcome } from '@surepost/shared/messaging'
import { decide, outcomeOfError, whenToHandle } from '../../../../packages/shared/src/messaging/decide.ts'
import { deleteSegment } from '../../../../services/poster/src/handlers/delete-segment.ts'
import { publishPost } from '../../../../services/poster/src/handlers/publish-post.ts'
import type { Broker } from '../broker/broker.ts'
import type { SaidFact } from '../facts.ts'
import { type Life, type Machine, machineOf } from '../machine.ts'
import { adapterOf } from '../platform/adapter.ts'
import type { Platform } from '../platform/platform.ts'
import type { Rabbit } from '../rabbit.ts'
import { type World, clockOf } from '../world.ts'
import { type HolderLeases, leasesOf } from './leases.ts'
import type { Message, WorkQueue } from './work-queue.ts'

/** RabbitMQ closes a connection whose client is silent for this long, and hands its messages to others. */
const HEARTBEAT_MS = 60_000
const CONTRACTS = { [PublishPost.type]: PublishPost, [DeleteSegment.type]: DeleteSegment } as const

export interface PosterPorts {
  readonly rabbit: Rabbit
  readonly broker: Broker
  readonly platform: Platform
  readonly queue: WorkQueue
  readonly say: (fact: SaidFact) => void
}

/** A message in hand; `mine` until the connection is lost. */
interface Handling {
  readonly message: Message
  readonly stop: AbortController
  mine: boolean
}

/** One life of a poster: the production handlers over simulated ports. */
const lifeOf = (world: World, ports: PosterPorts, process: Life) => {
  const { random, faults, say, agenda, variant } = world
  const leases: HolderLeases = leasesOf(world, ports.rabbit, ports.broker, process)
  const emit = (contract: { readonly type: string }, body: unknown): Promise<void> =>
    new Promise((resolve, reject) => {
      const fact = { id: world.newId(), type: contract.type, body } as SaidFact
      if (!faults.step(process.machine)) return
      const settled = (settle: () => void) => (): void => {
        if (!faults.step(process.machine)) return
        process.after(0, () => {
          settle()
          world.wake()
        })
      }
      ports.rabbit.publish(
        process,
        () => ports.say(fact),
        settled(resolve),
        settled(() => reject(new UnavailableError('rabbitmq', 'not confirmed in time'))),
      )
    })
  const media = {
    get: (): never => {
      throw new Error('the simulation has no media')
    },
  }
  const adapter = adapterOf(world, ports.platform, process)
  const common = {
    leases,
    platforms: { for: () => adapter },
    // Breakers keep the machine's time, and only hold up: production's are tried by themselves.
    breakers: { trouble: () => undefined, execute: <T>(_: unknown, work: () => Promise<T>) => work() },
    now: clockOf(world),
  }
  const routes = {
    [PublishPost.type]: publishPost({ ...common, bus: { emit }, media: media as never }),
    [DeleteSegment.type]: deleteSegment(common),
  }
  const inHand = new Set<Handling>()

  /** The ack comes last: whatever fails before it brings the message back. */
  const settle = (handling: Handling, outcome: Outcome): void => {
    const { message } = handling
    say(process.name, () => `has handled ${message.type} of post ${message.body.postId}: ${wordsOf(outcome)}`)
    const { rungs } = CONTRACTS[message.type].retry
    const decision = decide(outcome, { attempt: message.attempt, rungs, now: agenda.now })
    const ack = (): void => {
      if (!faults.step(process.machine)) return
      process.after(1, () => inHand.delete(handling) && (handling.mine = false))
    }
    const copy = (arrive: () => void): void => {
      if (variant.ackFirst === true) {
        inHand.delete(handling)
        if (faults.step(process.machine)) ports.rabbit.publish(process, arrive, () => {})
      } else if (handling.mine) ports.rabbit.publish(process, arrive, () => handling.mine && ack())
    }
    switch (decision.do) {
      case 'ack':
      case 'answer':
        return ack()
      case 'delay': {
        const next = { ...message, attempt: decision.attempt, notBefore: decision.notBefore?.getTime() }
        return copy(() => ports.queue.push(next, RUNGS[decision.rung]))
      }
      case 'bury':
        return copy(() => ports.queue.bury(message))
    }
  }
  const run = (handling: Handling): void => {
    const { message, stop } = handling
    const delivery = {
      id: message.id,
      type: message.type,
      body: message.body as never,
      attempt: message.attempt,
      lastAttempt: message.attempt > CONTRACTS[message.type].retry.rungs.length,
      sentAt: new Date(agenda.now),
      correlationId: message.id,
      replyTo: undefined,
    }
    say(process.name, () => `takes ${message.type} of post ${message.body.postId} (attempt ${message.attempt})`)
    routes[message.type].run(delivery, { signal: stop.signal }).then(
      (outcome) => settle(handling, outcome),
      (error: unknown) => settle(handling, outcomeOfError(error, agenda.now)),
    )
    world.wake()
  }
  /** What came too early goes back to a rung, or is waited for here. */
  const begin = (handling: Handling): void => {
    const { message } = handling
    const early = whenToHandle(message.notBefore, agenda.now)
    if (early.handle === 'later')
      ports.rabbit.publish(
        process,
        () => ports.queue.push(message, RUNGS[early.rung]),
        () => handling.mine && inHand.delete(handling),
      )
    else if (early.handle === 'after') process.after(early.ms, () => handling.mine && run(handling))
    else run(handling)
  }
  return {
    leases,
    take(message: Message): void {
      const handling: Handling = { message, stop: new AbortController(), mine: true }
      inHand.add(handling)
      process.after(random.between(1, 5), () => handling.mine && begin(handling))
    },
    /** RabbitMQ takes back what it had given. */
    lose(reason: string): void {
      for (const handling of inHand) {
        if (!handling.mine) continue
        handling.mine = false
        ports.queue.giveBack(handling.message)
        process.after(1, () => handling.stop.abort(new UnavailableError('rabbitmq', reason)))
      }
      inHand.clear()
    },
  }
}

const wordsOf = (outcome: Outcome): string => {
  switch (outcome.kind) {
    case 'snooze':
      return `snooze until ${outcome.until.toISOString()} (${outcome.reason})`
    case 'retry':
      return `retry (${String(outcome.cause)})`
    case 'reject':
      return `reject (${outcome.reason})`
    default:
      return outcome.kind
  }
}

/** A poster process: publishes and deletes what its queues ask for, by production's own handlers. */
export const openPoster = (world: World, name: string, ports: PosterPorts): Machine => {
  const { agenda } = world
  let connected = true
  const lost = (why: string): void => {
    connected = false
    current.lose(why)
  }
  const back = (): void => {
    if (!machine.up || !ports.rabbit.up) return
    connected = true
    ports.queue.deliver()
  }
  const machine = machineOf(name, agenda, world.say, () => ({
    onDeath: () => {
      current.leases.died()
      lost('it died')
    },
    onStart: () => {
      current = lifeOf(world, ports, machine.living())
      back()
    },
    onFreeze: (until) => {
      const { life } = machine
      current.leases.frozen(until)
      agenda.after(HEARTBEAT_MS, () => {
        if (machine.frozen && machine.life === life) lost('RabbitMQ heard no heartbeat')
      })
      agenda.at(until, () => machine.after(1_000, back))
    },
  }))
  let current = lifeOf(world, ports, machine.living())
  ports.rabbit.watch(
    () => lost('RabbitMQ is away'),
    () => machine.after(1_000, back),
  )
  ports.queue.consumers = [
    ...ports.queue.consumers,
    {
      get connected() {
        return connected
      },
      take: (message) => current.take(message),
    },
  ]
  return machine
}
