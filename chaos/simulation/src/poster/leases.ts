import { UnavailableError } from '@surepost/shared/errors'
import type { Lease, LeaseRefusal, LeaseRequest, Leases } from '@surepost/shared/leases'
import type { Millis } from '../agenda.ts'
import type { Broker } from '../broker/broker.ts'
import type { BrokerLease, Granted, Refused } from '../broker/lease.ts'
import type { Life } from '../machine.ts'
import type { Rabbit } from '../rabbit.ts'
import type { World } from '../world.ts'
import { controlOf } from './control.ts'
import { leaseOf } from './lease.ts'

/** The broker answers at `startBy` at the latest; this covers its answer's way. */
const ANSWER_WAY_MS = 2_000
const ASK_AGAIN_MS = 1_000

export interface HolderLeases extends Pick<Leases, 'acquire'> {
  /** The process died: its sockets are closed. */
  died(): void
  /** The process does not answer pings until then. */
  frozen(until: Millis): void
}

const withdrawn = (now: Millis): LeaseRefusal => ({
  granted: false,
  reason: 'deadline',
  retryAt: new Date(now + ASK_AGAIN_MS),
  detail: 'The browser-broker gave no answer in time; the request is withdrawn.',
})

const gone = (what: string): UnavailableError => new UnavailableError('browser-broker', what)

/** How one life of a poster asks for leases and holds them. */
export const leasesOf = (world: World, rabbit: Rabbit, broker: Broker, process: Life): HolderLeases => {
  const { agenda, random, say, faults } = world
  const held = new Set<BrokerLease>()
  const end = (lease: BrokerLease): void => broker.holding.end(lease, 'client_lost')

  const claim = (lease: BrokerLease, done: (lease: Lease) => boolean, fail: (error: Error) => void): void => {
    const control = controlOf(world, process, broker, lease)
    const over = (cause: string): void => {
      held.delete(lease)
      process.after(random.tail(3, 800), () => {
        if (cause !== 'released') control.lose(cause)
        fail(gone(`The lease is lost: ${cause}.`))
      })
      // A holder that gave up closes its socket: the broker sees that, if it is alive.
      broker.machine.after(1_000, () => end(lease))
    }
    broker.machine.after(1, () => {
      if (!broker.holding.claim(lease, over)) return process.after(3, () => fail(gone('The offer is over.')))
      if (!process.alive) return end(lease)
      held.add(lease)
      process.after(random.tail(600, 9_000), () => {
        if (!done(leaseOf(world, broker, lease, control))) broker.machine.after(5, () => end(lease))
      })
    })
  }
  const acquire = (request: LeaseRequest): Promise<Lease | LeaseRefusal> =>
    new Promise((resolve, reject) => {
      const { account, class: leaseClass, startBy, action, signal } = request
      let answered = false
      let over = false
      const settle = (settled: () => void): boolean => {
        if (over) return false
        over = true
        signal.removeEventListener('abort', stop)
        settled()
        world.wake()
        return true
      }
      const fail = (error: Error): void => void settle(() => reject(error))
      const stop = (): void => fail(signal.reason as Error)
      const answer = (granted: Granted | Refused): boolean => {
        if (answered || over || !process.alive) return false
        answered = true
        process.after(random.tail(3, 300), () => {
          if (granted.granted) claim(granted.lease, (lease) => settle(() => resolve(lease)), fail)
          else settle(() => resolve({ ...granted, retryAt: new Date(granted.retryAt) }))
        })
        return true
      }
      if (signal.aborted) return stop()
      signal.addEventListener('abort', stop, { once: true })
      if (!faults.step(process.machine)) return
      const ask = { requestId: world.newId(), account, class: leaseClass, startBy: startBy.getTime(), action, answer }
      say(process.name, () => `asks for the ${leaseClass} lease of ${account}`)
      rabbit.publish(
        process,
        () => broker.desk.receive(ask),
        () => {},
      )
      process.after(startBy.getTime() + ANSWER_WAY_MS - agenda.now, () => {
        if (!answered) settle(() => resolve(withdrawn(agenda.now)))
      })
    })
  return {
    acquire,
    died() {
      for (const lease of held) broker.machine.after(random.between(5, 800), () => end(lease))
      held.clear()
    },
    frozen(until) {
      // Two missed pings end a lease.
      for (const lease of held)
        agenda.after(random.between(4_000, 6_000), () => {
          if (agenda.now < until) broker.machine.after(0, () => end(lease))
        })
    },
  }
}
