import type { DeferCategory } from '@surepost/shared/contracts'
import { gauge } from '@surepost/shared/runtime'
import { ALERTING } from './wait.ts'

export interface Resting {
  readonly category: DeferCategory
  readonly until: Date
  readonly reason: string
}

/**
 * Whether the model is left alone, as one process knows: after a quota, a rate or a key that is not accepted nobody asks
 * again before the time has come, so that a day without quota costs one request and not one for each mention.
 */
export interface Rest {
  /** Undefined when the model may be asked. */
  now(at: Date): Resting | undefined
  begin(resting: Resting): void
  /** The model answered. @returns the categories whose alerts end with this; after a start, any that may stand */
  well(): readonly DeferCategory[]
}

export const createRest = (): Rest => {
  let resting: Resting | undefined
  const gauged = gauge('surepost_model_resting', 'The model is left alone: 1, by reason.', ['category'])
  const alerted = new Set<DeferCategory>(ALERTING)
  return {
    now: (at) => (resting !== undefined && resting.until > at ? resting : undefined),
    begin(next) {
      if (resting === undefined || next.until > resting.until) resting = next
      if (!ALERTING.includes(next.category)) return
      alerted.add(next.category)
      gauged.set({ category: next.category }, 1)
    },
    well() {
      const ended = [...alerted]
      for (const category of ended) gauged.set({ category }, 0)
      alerted.clear()
      return ended
    },
  }
}
