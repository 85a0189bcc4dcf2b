import { type AskerPorts, askerComes } from './asker.ts'
import type { InLine } from './line.ts'

/** Requests whose askers are looked for, before they stand in line. */
export interface Arrivals {
  /** Resolves with whether the asker is there; with `turned away` when that matters no more. */
  arrive(request: InLine): Promise<'there' | 'gone' | 'turned away'>
  /** @returns false when it is not arriving (any more) */
  turnAway(request: InLine): boolean
  readonly all: readonly InLine[]
}

export const openArrivals = (ports: AskerPorts): Arrivals => {
  const arriving = new Map<InLine, AbortController>()
  const turnAway = (request: InLine): boolean => {
    arriving.get(request)?.abort()
    return arriving.delete(request)
  }
  return {
    async arrive(request) {
      const leaving = new AbortController()
      arriving.set(request, leaving)
      const there = await askerComes(ports, request, leaving.signal)
      if (!turnAway(request)) return 'turned away'
      return there ? 'there' : 'gone'
    },
    turnAway,
    get all() {
      return [...arriving.keys()]
    },
  }
}
