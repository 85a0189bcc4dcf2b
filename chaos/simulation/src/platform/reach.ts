import type { AccountId } from '@surepost/shared/contracts'
import type { Truth } from './platform.ts'

/**
 * The way to the platform that a lease gives: a browser, or the tunnel of an adapter without one. It is closed when the
 * process behind it is gone.
 */
export interface Reach {
  readonly account: AccountId
  readonly access: 'browser' | 'http'
  alive: boolean
  /** What the ledger last called fresh in this lease: what a click in it is really for. */
  acting: Truth | null
}
