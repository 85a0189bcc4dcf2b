import { z } from 'zod'
import { defineFact } from './define.ts'
import { at } from './fact-parts.ts'
import { AccountId, Instant } from './ids.ts'
import { EndCause, LeaseClass, LeaseEvent, LeaseState, RefusalReason } from './leases.ts'

// Live views only: what the browser-broker's table of leases goes through. Of some of it nobody may hear (RabbitMQ is away), and
// none of it is kept: what must be known for ever is in the ledger's own facts.

const ofRequest = {
  ...at,
  shard: z.int().min(0),
  account: AccountId,
  class: LeaseClass,
  /** How long the request stood in line, in milliseconds. */
  waitedMs: z.int().min(0),
}

/** One transition of a lease. */
export const LeaseMoved = defineFact({
  type: 'lease.moved',
  version: 1,
  recorded: false,
  body: z.strictObject({
    ...ofRequest,
    leaseId: z.uuid(),
    event: LeaseEvent,
    /** The state after it. */
    state: LeaseState,
    /** Why it ended; null before. */
    cause: EndCause.nullable(),
    /** Since it was reserved, in milliseconds. */
    ageMs: z.int().min(0),
  }),
})

/** A request for a lease was refused. */
export const LeaseRefused = defineFact({
  type: 'lease.refused',
  version: 1,
  recorded: false,
  body: z.strictObject({ ...ofRequest, requestId: z.uuid(), reason: RefusalReason, retryAt: Instant }),
})
