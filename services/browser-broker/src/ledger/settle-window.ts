import type { Action, Millis } from './model.ts'
import type { Policy } from './policy.ts'
import type { Tables } from './views.ts'

/** When absence begins to count. While the browser may live: no earlier than the end of its lease could make it. */
export const settledAt = (tables: Tables, action: Action, now: Millis, policy: Policy): Millis => {
  const lease = action.leaseId === null ? null : tables.lease(action.leaseId)
  return (action.quietSince ?? Math.max(now, lease?.expiresAt ?? now)) + policy.settleWindowMs
}

/** Until then the platform is asked for it; afterwards a person is. */
export const giveUpAt = (tables: Tables, action: Action, now: Millis, policy: Policy): Millis =>
  Math.max(
    (action.unknownSince ?? action.begunAt) + policy.giveUpAfterMs,
    settledAt(tables, action, now, policy) + policy.leastLookMs,
  )
