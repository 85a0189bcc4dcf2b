import type { Millis } from '../../../../services/browser-broker/src/ledger/model.ts'
import type { Operations } from '../../../../services/browser-broker/src/ledger/operations.ts'
import type { Breach } from '../checks.ts'
import type { Policy } from '../../../../services/browser-broker/src/ledger/policy.ts'

/** One decision changed, as data: what is left out is as in production. */
export interface Variant {
  readonly name: string
  /** What is broken, in words. */
  readonly breaks: string
  readonly policy?: Partial<Policy>
  readonly operations?: Partial<Operations>
  /** The birth that a new ledger claims. */
  readonly birth?: Millis
  /** False: a request without a browser leaves though its lease is over. */
  readonly fence?: false
  /** True: what is taken from a queue or from the outbox is let go before what follows from it is confirmed. */
  readonly ackFirst?: true
}

/** A variant that must be caught. */
export interface BrokenVariant extends Variant {
  /** What it must be caught by: the rule that it takes away exists to prevent this. */
  readonly shows: Breach
}

export const PRODUCTION: Variant = { name: 'production', breaks: 'nothing' }
