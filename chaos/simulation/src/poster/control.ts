import { PermanentError, UnavailableError, messageOf } from '@surepost/shared/errors'
import type { Refused } from '../../../../services/browser-broker/src/ledger/writes.ts'
import type { Broker } from '../broker/broker.ts'
import type { BrokerLease } from '../broker/lease.ts'
import type { Life } from '../machine.ts'
import type { World } from '../world.ts'

/** The client's own deadlines, as in the lease client. */
const ASK_MS = 12_000

/** A lease's control socket, from its holder's side. */
export interface Control {
  /** Aborted when the lease is lost. */
  readonly lost: AbortSignal
  /**
   * Ask the broker for something in this lease.
   * @throws PermanentError for what it refuses, UnavailableError when no answer came, the reason of `lost` when that
   *   comes first
   */
  ask<A extends object>(op: string, perform: () => A | Refused): Promise<A>
  lose(reason: string): void
}

const errorOf = ({ refused, detail }: Refused): Error =>
  refused === 'lease_over' ? new UnavailableError('browser-broker', detail) : new PermanentError(refused, detail)

export const controlOf = (world: World, process: Life, broker: Broker, lease: BrokerLease): Control => {
  const { random, faults, say } = world
  const over = new AbortController()
  const waiting = new Set<(error: Error) => void>()

  /** What the broker does with a request: it answers nothing when it dies between doing and answering. */
  const carryOut = <A extends object>(
    perform: () => A | Refused,
    answer: (value: A | Refused | Error) => void,
  ): void => {
    if (lease.state !== 'active') return answer({ refused: 'lease_over', detail: 'The lease is over.' })
    let value: A | Refused | Error
    try {
      value = perform()
    } catch (error) {
      say('broker', () => `its ledger could not do it: ${messageOf(error)}`)
      value = new UnavailableError('action-ledger', messageOf(error))
    }
    if (faults.step(broker.machine)) broker.machine.after(0, () => answer(value))
  }
  const ask: Control['ask'] = <A extends object>(op: string, perform: () => A | Refused): Promise<A> =>
    new Promise((resolve, reject) => {
      if (over.signal.aborted) return reject(over.signal.reason as Error)
      let answered = false
      const fail = (error: Error): void => settle(error)
      const settle = (value: A | Refused | Error): void => {
        if (answered) return
        answered = true
        waiting.delete(fail)
        if (value instanceof Error) reject(value)
        else if ('refused' in value && 'detail' in value) reject(errorOf(value))
        else resolve(value)
        world.wake()
      }
      waiting.add(fail)
      if (!faults.step(process.machine)) return
      process.after(random.tail(3, 400), () =>
        broker.machine.after(1, () =>
          carryOut(perform, (value) => process.after(random.tail(3, 400), () => settle(value))),
        ),
      )
      process.after(ASK_MS, () => settle(new UnavailableError('browser-broker', `no answer to ${op} in time`)))
    })
  return {
    lost: over.signal,
    ask,
    lose(reason) {
      if (over.signal.aborted) return
      say(process.name, () => `hears that its lease is lost: ${reason}`)
      const error = new UnavailableError('browser-broker', `The lease is lost: ${reason}.`)
      over.abort(error)
      for (const fail of waiting) fail(error)
      waiting.clear()
      world.wake()
    },
  }
}
