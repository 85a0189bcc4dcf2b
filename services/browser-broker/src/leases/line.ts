import type { RefusalReason, WantedAction } from '@surepost/shared/contracts'
import type { contextKeeper } from '@surepost/shared/telemetry'
import type { Waiting } from './table.ts'

/** What a request in line ends in: `gone` when the service stops or its channel is lost. */
export type Served = 'answered' | 'gone'

export interface InLine extends Waiting {
  /** The create that it is for, where its asker said so. */
  readonly action: WantedAction | undefined
  readonly replyTo: { readonly replyTo: string; readonly correlationId: string }
  readonly served: PromiseWithResolvers<Served>
  /** When whoever asked was last known to be there. Milliseconds since 1970. */
  askerSeenAt: number
  /** Runs something as a part of the work that asked for it (its trace). */
  readonly within: ReturnType<typeof contextKeeper>
  /** How often a browser could not be had for it. */
  failures: number
}

export interface Refusal {
  readonly reason: RefusalReason
  readonly retryAt: number
  readonly detail: string
}

/** Requests that wait, by id. A redelivered request takes the place of its earlier delivery. */
export interface Line {
  readonly waiting: readonly InLine[]
  join(request: InLine): void
  take(requestId: string): InLine | undefined
  /** Take this very delivery out of the line. @returns false when it is not in line (any more) */
  leave(request: InLine): boolean
  readonly counts: { readonly act: number; readonly interactive: number; readonly background: number }
}

export const openLine = (): Line => {
  const requests = new Map<string, InLine>()
  return {
    get waiting() {
      return [...requests.values()]
    },
    join(request) {
      const earlier = requests.get(request.requestId)
      if (earlier !== request) earlier?.served.resolve('gone')
      requests.set(request.requestId, request)
    },
    take(requestId) {
      const request = requests.get(requestId)
      requests.delete(requestId)
      return request
    },
    leave: (request) => requests.get(request.requestId) === request && requests.delete(request.requestId),
    get counts() {
      const counts = { act: 0, interactive: 0, background: 0 }
      for (const { class: leaseClass } of requests.values()) counts[leaseClass] += 1
      return counts
    },
  }
}
