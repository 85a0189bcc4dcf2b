import { type Effect, FAULTS, type FaultRequest, type Moment } from './catalog.ts'

/** A fault in force. */
interface Fault extends FaultRequest {
  readonly id: number
  /** Strikes left; `null` for ever. */
  left: number | null
  struck: number
}

export interface Strike {
  readonly effect: Effect
  readonly delayMs: number
}

export interface Faults {
  add(request: FaultRequest): Fault
  list(): readonly Fault[]
  clear(): void
  /** The faults that strike now, in the order in which they were asked for; each is spent by one. */
  strike(moment: Moment, subject: { readonly handle: string | undefined; readonly matching: string }): readonly Strike[]
}

/** Enough for any test; more would be a leak. */
const MOST_FAULTS = 1_000

const applies = (
  fault: Fault,
  moment: Moment,
  subject: { readonly handle: string | undefined; readonly matching: string },
): boolean =>
  (FAULTS[fault.kind].at as readonly Moment[]).includes(moment) &&
  (fault.handle === undefined || fault.handle.toLowerCase() === subject.handle?.toLowerCase()) &&
  (fault.matching === undefined || subject.matching.includes(fault.matching))

/** Faults on demand. `chance` decides those with a probability. */
export const createFaults = (chance: () => number): Faults => {
  let faults: Fault[] = []
  let lastId = 0
  return {
    add: (request) => {
      if (faults.length >= MOST_FAULTS)
        throw new RangeError(`No more than ${MOST_FAULTS} faults at once; DELETE /admin/faults first.`)
      const fault: Fault = { ...request, id: (lastId += 1), left: request.count ?? null, struck: 0 }
      faults.push(fault)
      return fault
    },
    list: () => faults,
    clear: () => void (faults = []),
    strike: (moment, subject) => {
      const strikes = faults.filter(
        (fault) => applies(fault, moment, subject) && (fault.probability === undefined || chance() < fault.probability),
      )
      for (const fault of strikes) {
        fault.struck += 1
        if (fault.left !== null) fault.left -= 1
      }
      faults = faults.filter((fault) => fault.left === null || fault.left > 0)
      return strikes.map((fault): Strike => ({ effect: FAULTS[fault.kind].effect, delayMs: fault.delayMs ?? 0 }))
    },
  }
}
